/** The Gemini face: `generateContent`, as one JSON body or streamed, and `countTokens`; also as Vertex and Code Assist put it. */
import { createHash } from 'node:crypto';
import type { BilledUsage, PromptBlock } from './prompt-cache.ts';
import { resolveCall } from './resolve-call.ts';
import { type Answer, type Face, jsonAnswer, type Stage } from './upstream-face.ts';
import { chooseStep, type Scene } from './upstream-script.ts';
import { slices } from './upstream-slices.ts';

interface Part {
  readonly text?: string;
  readonly functionCall?: { readonly name?: string };
  readonly functionResponse?: { readonly name?: string; readonly response?: unknown };
}

interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

interface Declaration {
  readonly name: string;
  readonly parameters?: { readonly properties?: object };
  readonly parametersJsonSchema?: { readonly properties?: object };
}

interface GeminiRequest {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly { readonly functionDeclarations?: readonly Declaration[] }[];
  readonly generationConfig?: {
    readonly responseJsonSchema?: Schema;
    readonly responseSchema?: Schema;
    readonly thinkingConfig?: { readonly includeThoughts?: boolean };
  };
}

interface Schema {
  readonly required?: readonly string[];
}

export const gemini: Face = {
  name: 'gemini',
  answer({ method, path, query, json, number }, stage) {
    const [, asked, verb] = /(?:\/models\/([^/:]+)|\/v1internal):(generateContent|streamGenerateContent|countTokens)$/.exec(path) ?? [];
    if (method !== 'POST' || !verb) return undefined;
    const wrapped = path.includes('/v1internal:');
    const body = (json ?? {}) as { readonly model?: string; readonly request?: unknown };
    const request = readRequest(wrapped ? body.request : body);
    if (typeof request === 'string') return refuse(request);
    if (verb === 'countTokens') return jsonAnswer(200, { totalTokens: stage.cache.count(promptOf(request)) }, 'count');
    const complaint = refuseContents(request.contents);
    if (complaint) return refuse(complaint);
    const model = asked ?? body.model ?? 'gemini';
    return play(request, stage, {
      number,
      model,
      wrapped,
      streams: verb === 'streamGenerateContent',
      asEvents: /[?&]alt=sse\b/.test(query),
    });
  },
};

interface Manner {
  readonly number: number;
  readonly model: string;
  /** Code Assist puts the reply into `response`. */
  readonly wrapped: boolean;
  readonly streams: boolean;
  /** Server-sent events; else one JSON array in many pieces. */
  readonly asEvents: boolean;
}

function play(request: GeminiRequest, stage: Stage, manner: Manner): Answer {
  const scene = readScene(request);
  const { name, step } = sideStep(request, stage) ?? chooseStep(stage.script, scene);
  if ('status' in step) return jsonAnswer(step.status, step.body ?? errorBody(step.status, `scripted status ${step.status}`), name);
  const failure = stage.takeFailure(name, step.failures);
  if (failure) return jsonAnswer(failure, errorBody(failure, `scripted status ${failure}`), `${name}, failing first`);

  const calls = ('calls' in step ? step.calls : []).map((call) => {
    const { name: tool, input } = resolveCall(call, scene.tools);
    return { functionCall: { name: tool, args: input } };
  });
  const texts = step.text ? (manner.streams ? slices(step.text, 12) : [step.text]) : [];
  const parts: Part[] = [...texts.map((text) => ({ text })), ...calls];
  const usage = billed(request, stage, stage.countText(JSON.stringify(parts)));
  const seed = createHash('sha256').update(`${scene.prompt}\0${request.contents.length}`).digest('hex').slice(0, 16);
  const chunks = manner.streams ? parts.map((part) => [part]) : [parts];
  const replies = chunks.map((piece, at) => {
    const isLast = at === chunks.length - 1;
    const candidate = { content: { role: 'model', parts: piece }, index: 0, ...(isLast ? { finishReason: 'STOP' } : {}) };
    const reply = {
      candidates: [candidate],
      usageMetadata: spellUsage(usage),
      modelVersion: manner.model,
      responseId: `${seed}${manner.number}`,
    };
    return JSON.stringify(manner.wrapped ? { response: reply } : reply);
  });
  if (!manner.streams) return jsonAnswer(200, JSON.parse(replies[0] ?? '{}'), name, usage);
  const pieces = manner.asEvents
    ? replies.map((reply) => `data: ${reply}\r\n\r\n`)
    : replies.map((reply, at) => `${at === 0 ? '[' : ',\r\n'}${reply}${at === replies.length - 1 ? ']' : ''}`);
  return {
    status: 200,
    headers: { 'content-type': manner.asEvents ? 'text/event-stream' : 'application/json; charset=UTF-8' },
    parts: pieces,
    played: name,
    usage,
  };
}

/** What must fit a schema, such as which model to take, is asked for beside the conversation. */
function sideStep({ generationConfig }: GeminiRequest, { script }: Stage): ReturnType<typeof chooseStep> | undefined {
  const schema = generationConfig?.responseJsonSchema ?? generationConfig?.responseSchema;
  if (!schema) return undefined;
  const said = (schema.required ?? []).map((field) => [field, script.sideText ?? 'A scripted side reply']);
  return { name: 'side', step: { text: JSON.stringify(Object.fromEntries(said)) } };
}

function readScene({ contents, systemInstruction, tools = [] }: GeminiRequest): Scene {
  const asked = contents.findLastIndex(isPrompt);
  const declared = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  return {
    prompt: textOf(contents[asked]),
    turns: contents.slice(asked + 1).filter(({ role, parts = [] }) => role === 'model' && parts.some((part) => part.functionCall)).length,
    wantsSummary: /<state_snapshot>|compress(?:ing)? (?:the|this) (?:chat )?history/i.test(textOf(systemInstruction)),
    tools: declared.map(({ name, parameters, parametersJsonSchema }) => ({
      name,
      properties: Object.keys((parametersJsonSchema ?? parameters)?.properties ?? {}),
    })),
    instructions: textOf(systemInstruction),
    answers: contents.flatMap((content) => (content.role === 'model' ? textOf(content) : [])),
  };
}

/** What somebody wrote: neither what tools returned nor what the agent tells of its surroundings. */
function isPrompt(content: Content): boolean {
  const { role, parts = [] } = content;
  return (
    role === 'user' &&
    !parts.some((part) => part.functionResponse) &&
    textOf(content)
      .replace(/^\s*<(\w+)>[\s\S]*?<\/\1>/, '')
      .trim() !== ''
  );
}

function textOf(content: Content | undefined): string {
  return (content?.parts ?? []).map(({ text = '' }) => text).join('\n');
}

/** The cache needs no marks, and writing is free. */
function billed(request: GeminiRequest, stage: Stage, output: number): BilledUsage {
  const { input_tokens: fresh, cache_creation_input_tokens: written, cache_read_input_tokens: read } = stage.cache.serve(promptOf(request));
  return {
    ...{ input_tokens: fresh + written, cache_creation_input_tokens: 0, cache_read_input_tokens: read, output_tokens: output },
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  };
}

function promptOf({ systemInstruction, tools, contents }: GeminiRequest): PromptBlock[] {
  return [systemInstruction ?? {}, tools ?? [], ...contents].map((part, at, all) => {
    const text = JSON.stringify(part);
    return { content: text, text, ttl: at === all.length - 1 ? '5m' : undefined };
  });
}

function spellUsage(usage: BilledUsage): unknown {
  const prompt = usage.input_tokens + usage.cache_read_input_tokens;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: usage.output_tokens,
    totalTokenCount: prompt + usage.output_tokens,
    ...(usage.cache_read_input_tokens > 0 ? { cachedContentTokenCount: usage.cache_read_input_tokens } : {}),
  };
}

function readRequest(json: unknown): GeminiRequest | string {
  const request = json as Partial<GeminiRequest> | null | undefined;
  if (typeof request !== 'object' || request === null) return 'Invalid JSON payload received.';
  if (!Array.isArray(request.contents) || request.contents.length === 0)
    return 'GenerateContentRequest.contents: contents is not specified';
  return request as GeminiRequest;
}

/** As many responses as calls, right after them. */
function refuseContents(contents: readonly Content[]): string | undefined {
  const count = (content: Content | undefined, kind: 'functionCall' | 'functionResponse') =>
    (content?.parts ?? []).filter((part) => part[kind]).length;
  const at = contents.findIndex((content, index) => {
    const responses = count(content, 'functionResponse');
    return responses > 0 && responses !== count(contents[index - 1], 'functionCall');
  });
  if (at < 0) return undefined;
  return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
}

function refuse(message: string): Answer {
  return jsonAnswer(400, errorBody(400, message), `refused: ${message}`);
}

function errorBody(code: number, message: string): unknown {
  const names: Readonly<Record<number, string>> = { 400: 'INVALID_ARGUMENT', 403: 'PERMISSION_DENIED', 429: 'RESOURCE_EXHAUSTED' };
  return { error: { code, message, status: names[code] ?? (code >= 500 ? 'UNAVAILABLE' : 'UNKNOWN') } };
}
