/** The Responses face, as Codex asks it: turns over HTTP, no WebSocket, and the list of models. */
import { createHash } from 'node:crypto';
import { billWithoutWrites, type PromptBlock } from './prompt-cache.ts';
import { type Answer, type Face, jsonAnswer, type Stage } from './upstream-face.ts';
import { spellCall } from './upstream-responses-calls.ts';
import { outputOf, spellEvents, spellResponse } from './upstream-responses-reply.ts';
import {
  isCall,
  isOutput,
  offeredTools,
  type ResponsesItem,
  type ResponsesRequest,
  readRequest,
  textOf,
  typeOf,
} from './upstream-responses-shapes.ts';
import { chooseStep, type Scene } from './upstream-script.ts';

export const responses: Face = {
  name: 'openai-responses',
  // Before it stands `/v1`, `/backend-api/codex`, or a gateway's prefix.
  answer({ method, path, json, number }, stage) {
    if (method === 'GET' && path.endsWith('/codex/models')) return jsonAnswer(200, { models: [] }, 'models');
    if (!path.endsWith('/responses')) return undefined;
    if (method === 'GET') return jsonAnswer(426, errorBody('plain HTTP is spoken here'), 'upgrade refused');
    if (method !== 'POST') return undefined;
    const request = readRequest(json);
    const complaint = typeof request === 'string' ? request : refuseItems(request.input);
    if (typeof request === 'string' || complaint) return jsonAnswer(400, errorBody(complaint ?? ''), `refused: ${complaint}`);
    return play(request, number, stage);
  },
};

function play(request: ResponsesRequest, number: number, stage: Stage): Answer {
  const tools = offeredTools(request);
  const scene = readScene(request, tools);
  const { name, step } = sideStep(request, stage) ?? chooseStep(stage.script, scene);
  if ('status' in step) return jsonAnswer(step.status, step.body ?? errorBody(`scripted status ${step.status}`), name);
  const failure = stage.takeFailure(name, step.failures);
  if (failure) return jsonAnswer(failure, errorBody(`scripted status ${failure}`), `${name}, failing first`);

  // Ids come from the request alone: the same conversation gets the same ids, whoever carries it.
  const seed = createHash('sha256').update(`${scene.prompt}\0${request.input.length}`).digest('hex').slice(0, 24);
  const said = {
    ...{ seed, model: request.model, thinking: step.thinking ?? stage.script.thinking, text: step.text },
    calls: 'calls' in step ? step.calls.map((call) => spellCall(call, tools)) : [],
  };
  const billed = billWithoutWrites(stage.cache.serve(promptOf(request)), stage.countText(JSON.stringify(outputOf(said))));
  const input = billed.input_tokens + billed.cache_read_input_tokens;
  const usage = {
    ...{ input_tokens: input, input_tokens_details: { cached_tokens: billed.cache_read_input_tokens } },
    ...{ output_tokens: billed.output_tokens, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: input + billed.output_tokens },
  };
  const headers = { 'x-request-id': `req_${seed}${number}` };
  if (!request.stream) return jsonAnswer(200, spellResponse({ ...said, usage }), name, billed, headers);
  const eventHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers };
  return { status: 200, headers: eventHeaders, parts: spellEvents({ ...said, usage }), played: name, usage: billed };
}

function readScene({ input, instructions = '' }: ResponsesRequest, tools: Scene['tools']): Scene {
  const asked = input.findLastIndex(isPrompt);
  const prompt = textOf(input[asked]?.content);
  // Calls of one turn stand together; their outputs follow.
  const steps = input.slice(asked + 1).filter((item) => isCall(item) || isOutput(item));
  const turns = steps.filter((item, at) => isCall(item) && (at === 0 || !isCall(steps[at - 1]!))).length;
  const answers = input.flatMap(({ role, content }) => (role === 'assistant' ? textOf(content) : []));
  return { instructions, answers, prompt, turns, wantsSummary: /context checkpoint compaction/i.test(prompt), tools };
}

/** A title for the conversation, and whatever else must fit a schema, is asked for beside it. */
function sideStep({ text }: ResponsesRequest, { script }: Stage): ReturnType<typeof chooseStep> | undefined {
  if (text?.format?.type !== 'json_schema') return undefined;
  const said = (text.format.schema?.required ?? []).map((field) => [field, script.sideText ?? 'A scripted side reply']);
  return { name: 'side', step: { text: JSON.stringify(Object.fromEntries(said)) } };
}

/** A user message that somebody wrote: none of those in which the agent tells about itself and its surroundings. */
function isPrompt(item: ResponsesItem): boolean {
  const text = textOf(item.content).trim();
  return typeOf(item) === 'message' && item.role === 'user' && text !== '' && !/^(?:<[a-z_]+>|# AGENTS\.md)/.test(text);
}

/** As the provider does: an output needs its call before it, and every call its output. */
function refuseItems(input: readonly ResponsesItem[]): string | undefined {
  const open = new Map<string | undefined, string>();
  for (const item of input) {
    if (isCall(item)) open.set(item.call_id, typeOf(item));
    if (!isOutput(item)) continue;
    if (open.get(item.call_id) !== typeOf(item).replace(/_output$/, ''))
      return `No tool call found for ${typeOf(item)} with call_id ${item.call_id}.`;
    open.delete(item.call_id);
  }
  const [unanswered] = open.keys();
  return open.size > 0 ? `No tool output found for function call ${unanswered}.` : undefined;
}

function promptOf({ model, instructions, tools, input }: ResponsesRequest): PromptBlock[] {
  return [tools ?? [], instructions ?? '', ...input].map((part, at, all) => {
    const content = JSON.stringify([model, part]);
    return { content, text: visibleText(part), ttl: at === all.length - 1 ? '5m' : undefined };
  });
}

function visibleText(part: unknown): string {
  if (typeof part === 'string') return part;
  const { content, output } = part as ResponsesItem;
  return content === undefined && output === undefined ? JSON.stringify(part) : textOf(content ?? output);
}

function errorBody(message: string): unknown {
  return { error: { message, type: 'invalid_request_error', param: null, code: null } };
}
