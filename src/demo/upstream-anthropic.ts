/** The Anthropic Messages face: turns, `count_tokens`, the list of models and the probes that agents send. */
import { createHash } from 'node:crypto';
import { type BilledUsage, refusePrompt } from './prompt-cache.ts';
import { resolveCall } from './resolve-call.ts';
import { readPrompt } from './upstream-anthropic-prompt.ts';
import { type ReplyBlock, spellEvents, spellMessage } from './upstream-anthropic-reply.ts';
import { refuseMessages, signThinking } from './upstream-anthropic-rules.ts';
import { type AnthropicMessage, type AnthropicRequest, blocksOf, readRequest } from './upstream-anthropic-shapes.ts';
import { type Answer, type Face, jsonAnswer, type Stage } from './upstream-face.ts';
import { chooseStep, type Scene } from './upstream-script.ts';

const models = ['claude-opus-5-5', 'claude-sonnet-5', 'claude-haiku-5-5', 'claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'];

export const anthropic: Face = {
  name: 'anthropic-messages',
  // A gateway's path prefix may stand before /v1.
  answer({ method, path, json, number }, stage) {
    const name = /\/v1\/(messages|messages\/count_tokens|models|models\/[^/]+)$/.exec(path)?.[1];
    if (method === 'GET' && name?.startsWith('models')) return answerModels(name.slice('models/'.length));
    if (method !== 'POST' || (name !== 'messages' && name !== 'messages/count_tokens')) return undefined;
    const request = readRequest(json);
    if (typeof request === 'string') return refuse(request);
    const prompt = readPrompt(request);
    if (name === 'messages/count_tokens') return jsonAnswer(200, { input_tokens: stage.cache.count(prompt) }, 'count');
    const complaint = refusePrompt(prompt) ?? refuseMessages(request.messages);
    if (complaint) return refuse(complaint);
    return play(request, number, stage);
  },
};

function play(request: AnthropicRequest, number: number, stage: Stage): Answer {
  const scene = readScene(request);
  const { name, step } = chooseStep(stage.script, scene);
  if ('status' in step) return jsonAnswer(step.status, step.body ?? errorBody(step.status), name);
  const failure = stage.takeFailure(name, step.failures);
  if (failure) return jsonAnswer(failure, errorBody(failure), `${name}, failing first`);

  // Ids come from the request alone: the same conversation gets the same ids, whoever carries it.
  const seed = createHash('sha256').update(`${scene.prompt}\0${request.messages.length}`).digest('hex');
  const calls = 'calls' in step ? step.calls.map((call) => resolveCall(call, scene.tools)) : [];
  const text = name === 'side' ? sideText(request, step.text ?? '') : step.text;
  const content: ReplyBlock[] = [
    ...think(request, step.thinking ?? stage.script.thinking, seed),
    ...(text ? [{ type: 'text' as const, text }] : []),
    ...calls.map((call, index) => ({
      type: 'tool_use' as const,
      id: `toolu_${seed.slice(0, 20)}${index.toString().padStart(4, '0')}`,
      ...call,
    })),
  ];
  const usage: BilledUsage = { ...stage.cache.serve(readPrompt(request)), output_tokens: stage.countText(JSON.stringify(content)) };
  const reply = { id: `msg_${seed.slice(0, 16)}${number}`, model: request.model, content, usage, verdict: judge(request, content) };
  const headers = { 'request-id': `req_${seed.slice(0, 16)}${number}` };
  if (!request.stream) return jsonAnswer(200, spellMessage(reply), name, usage, headers);
  const eventHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers };
  return { status: 200, headers: eventHeaders, parts: spellEvents(reply), played: name, usage };
}

function readScene({ messages, system, tools = [] }: AnthropicRequest): Scene {
  const asked = messages.findLastIndex(isPrompt);
  const prompt = promptText(messages[asked]);
  return {
    prompt,
    turns: messages
      .slice(asked + 1)
      .filter(({ role, content }) => role === 'assistant' && blocksOf(content).some(({ type }) => type === 'tool_use')).length,
    // It may stand behind the last results, in their message.
    wantsSummary: /respond with text only|detailed summary of (the|this) conversation/i.test(
      promptText(messages.findLast(({ role }) => role === 'user')),
    ),
    tools: tools.map((tool) => ({ name: tool.name, properties: Object.keys(tool.input_schema?.properties ?? {}) })),
    instructions: blocksOf(system)
      .flatMap(({ text }) => text ?? [])
      .join('\n'),
    answers: messages.flatMap((message) => (message.role === 'assistant' ? promptText(message) : [])),
  };
}

/** A user message that somebody wrote: neither tool results nor reminders that the agent adds. */
function isPrompt(message: AnthropicMessage): boolean {
  return message.role === 'user' && !blocksOf(message.content).some(({ type }) => type === 'tool_result') && promptText(message) !== '';
}

function promptText(message: AnthropicMessage | undefined): string {
  const texts = blocksOf(message?.content).flatMap(({ type, text }) => (type === 'text' && text ? text : []));
  return texts.filter((text) => !/^\s*<(system-reminder|command-|local-command|task-notification)/.test(text)).join('\n');
}

/** Where the agent asks not to see the thinking, the block comes empty with its signature. */
function think({ thinking: wanted }: AnthropicRequest, said: string | undefined, seed: string): ReplyBlock[] {
  if (said === undefined || (wanted?.type !== 'enabled' && wanted?.type !== 'adaptive')) return [];
  const thinking = wanted.display === 'omitted' ? '' : said;
  return [{ type: 'thinking', thinking, signature: signThinking(thinking, seed) }];
}

/** Auto mode asks for a verdict on each tool call; without one the agent blames the proxy. */
function judge({ safeguards }: AnthropicRequest, content: readonly ReplyBlock[]): Record<string, unknown> {
  if (!Array.isArray(safeguards)) return {};
  const calls = content.flatMap((block) => (block.type === 'tool_use' ? [[block.id, { type: 'evaluated', outcome: 'not_flagged' }]] : []));
  const results = (safeguards as { type?: string }[]).map(({ type }) => ({
    type,
    status: { type: 'available', tool_uses: Object.fromEntries(calls) },
  }));
  return { safeguard_results: results };
}

/** A reply to a side request: an object where a schema is asked for, as title requests do. */
function sideText({ output_config: config }: AnthropicRequest, text: string): string {
  if (config?.format?.type !== 'json_schema') return text;
  return JSON.stringify(Object.fromEntries((config.format.schema?.required ?? []).map((field) => [field, text])));
}

function answerModels(id: string): Answer {
  const describe = (model: string) => ({ type: 'model', id: model, display_name: model, created_at: '2026-01-01T00:00:00Z' });
  if (id) return models.includes(id) ? jsonAnswer(200, describe(id), 'models') : jsonAnswer(404, errorBody(404), 'models');
  return jsonAnswer(200, { data: models.map(describe), has_more: false, first_id: models[0], last_id: models.at(-1) }, 'models');
}

function refuse(message: string): Answer {
  return jsonAnswer(400, { type: 'error', error: { type: 'invalid_request_error', message } }, `refused: ${message}`);
}

const errorTypes: Readonly<Record<number, string | undefined>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function errorBody(status: number): unknown {
  return { type: 'error', error: { type: errorTypes[status] ?? 'api_error', message: `scripted status ${status}` } };
}
