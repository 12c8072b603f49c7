/** The Gemini face: `generateContent`, as one JSON body or streamed, and `countTokens`; also as Vertex and Code Assist put it. */
import { createHash } from 'node:crypto';
import { billWithoutWrites, type PromptBlock } from './prompt-cache.ts';
import { resolveCall } from './resolve-call.ts';
import { type Answer, type Face, jsonAnswer, type Stage } from './upstream-face.ts';
import { type Manner, spellReply } from './upstream-gemini-reply.ts';
import { type Content, type GeminiRequest, type Part, readRequest, refuseContents, textOf } from './upstream-gemini-shapes.ts';
import { chooseStep, type Scene } from './upstream-script.ts';
import { slices } from './upstream-slices.ts';

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
  const usage = billWithoutWrites(stage.cache.serve(promptOf(request)), stage.countText(JSON.stringify(parts)));
  const seed = createHash('sha256').update(`${scene.prompt}\0${request.contents.length}`).digest('hex').slice(0, 16);
  return { status: 200, ...spellReply(parts, usage, manner, `${seed}${manner.number}`), played: name, usage };
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

function promptOf({ systemInstruction, tools, contents }: GeminiRequest): PromptBlock[] {
  return [systemInstruction ?? {}, tools ?? [], ...contents].map((part, at, all) => {
    const text = JSON.stringify(part);
    return { content: text, text, ttl: at === all.length - 1 ? '5m' : undefined };
  });
}

function refuse(message: string): Answer {
  return jsonAnswer(400, errorBody(400, message), `refused: ${message}`);
}

function errorBody(code: number, message: string): unknown {
  const names: Readonly<Record<number, string>> = { 400: 'INVALID_ARGUMENT', 403: 'PERMISSION_DENIED', 429: 'RESOURCE_EXHAUSTED' };
  return { error: { code, message, status: names[code] ?? (code >= 500 ? 'UNAVAILABLE' : 'UNKNOWN') } };
}
