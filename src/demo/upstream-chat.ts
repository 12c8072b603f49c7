/** The Chat Completions face: turns with tools, and plain turns of agents that declare none. Its cache keeps prefixes by itself and writes for free. */
import { createHash } from 'node:crypto';
import { billWithoutWrites, type PromptBlock } from './prompt-cache.ts';
import { resolveCall } from './resolve-call.ts';
import { spellChunks, spellCompletion } from './upstream-chat-reply.ts';
import { type Answer, type Face, jsonAnswer, type Stage } from './upstream-face.ts';
import { chooseStep, type Scene } from './upstream-script.ts';

interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly type?: string; readonly text?: string }[] | null;
  readonly tool_calls?: readonly { readonly id?: string }[];
  readonly tool_call_id?: string;
}

interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly { readonly function?: { readonly name: string; readonly parameters?: { readonly properties?: object } } }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
}

export const chat: Face = {
  name: 'openai-chat',
  answer({ method, path, json, number }, stage) {
    if (method !== 'POST' || !path.endsWith('/chat/completions')) return undefined;
    const request = readRequest(json);
    if (typeof request === 'string') return refuse(request);
    const complaint = refuseMessages(request.messages);
    return complaint ? refuse(complaint) : play(request, number, stage);
  },
};

function play(request: ChatRequest, number: number, stage: Stage): Answer {
  const scene = readScene(request);
  const { name, step } = chooseStep(stage.script, scene);
  if ('status' in step) return jsonAnswer(step.status, step.body ?? errorBody(step.status), name);
  const failure = stage.takeFailure(name, step.failures);
  if (failure) return jsonAnswer(failure, errorBody(failure), `${name}, failing first`);

  const seed = createHash('sha256').update(`${scene.prompt}\0${request.messages.length}`).digest('hex');
  const calls = ('calls' in step ? step.calls : []).map((call, index) => ({
    id: `call_${seed.slice(0, 20)}${index.toString().padStart(4, '0')}`,
    ...resolveCall(call, scene.tools),
  }));
  const usage = billWithoutWrites(stage.cache.serve(promptOf(request)), stage.countText((step.text ?? '') + JSON.stringify(calls)));
  const reply = { id: `chatcmpl-${seed.slice(0, 16)}${number}`, model: request.model, text: step.text, calls, usage };
  const headers = { 'x-request-id': `req_${seed.slice(0, 16)}${number}` };
  if (!request.stream) return jsonAnswer(200, spellCompletion(reply), name, usage, headers);
  const eventHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers };
  return {
    status: 200,
    headers: eventHeaders,
    parts: spellChunks(reply, request.stream_options?.include_usage === true),
    played: name,
    usage,
  };
}

/** Tools first, then message by message; the last one stands for the prefix that is kept. */
function promptOf({ model, tools, messages }: ChatRequest): PromptBlock[] {
  const fixed = JSON.stringify([model, tools ?? []]);
  return [fixed, ...messages.map((message) => JSON.stringify({ ...message, content: textOf(message) }))].map((text, at) => ({
    content: text,
    text,
    ttl: at === messages.length ? '5m' : undefined,
  }));
}

function readScene({ messages, tools = [] }: ChatRequest): Scene {
  const asked = messages.findLastIndex((message) => message.role === 'user');
  const prompt = messages[asked] ? textOf(messages[asked]) : '';
  return {
    prompt,
    turns: messages.slice(asked + 1).filter((message) => message.role === 'assistant' && message.tool_calls?.length).length,
    wantsSummary: false,
    tools: tools.flatMap(({ function: tool }) =>
      tool ? { name: tool.name, properties: Object.keys(tool.parameters?.properties ?? {}) } : [],
    ),
    instructions: messages.flatMap((message) => (['system', 'developer'].includes(message.role) ? textOf(message) : [])).join('\n'),
    answers: messages.flatMap((message) => (message.role === 'assistant' ? textOf(message) : [])),
  };
}

/** Parts of a text in one: an agent may spell it either way. */
function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? JSON.stringify(part)).join('\n');
}

function readRequest(json: unknown): ChatRequest | string {
  const request = json as Partial<ChatRequest> | null | undefined;
  if (typeof request !== 'object' || request === null) return 'We could not parse the JSON body of your request.';
  if (typeof request.model !== 'string') return 'you must provide a model parameter';
  if (!Array.isArray(request.messages) || request.messages.length === 0) return "Invalid 'messages': empty array.";
  return request as ChatRequest;
}

/** Every call is answered at once, and nothing that was not called. */
function refuseMessages(messages: readonly ChatMessage[]): string | undefined {
  let open: string[] = [];
  for (const [index, { role, tool_calls: calls, tool_call_id: id = '' }] of messages.entries()) {
    if (role === 'tool') {
      if (!open.includes(id))
        return `messages.${index}: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.`;
      open = open.filter((each) => each !== id);
      continue;
    }
    if (open.length > 0)
      return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id': ${open}`;
    open = (calls ?? []).flatMap((call) => call.id ?? []);
  }
  return undefined;
}

function refuse(message: string): Answer {
  return jsonAnswer(400, { error: { message, type: 'invalid_request_error', param: null, code: null } }, `refused: ${message}`);
}

function errorBody(status: number): unknown {
  const type = status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message: `scripted status ${status}`, type, param: null, code: null } };
}
