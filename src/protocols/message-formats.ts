/** How SDKs spell messages that are parsed: what of a part is a call, what a result, and where in the message its texts stand. */
import type { ToolCall } from '../block.ts';

/** Where a text stands in its message, and what stands there once it is another; absent: the text itself. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly put?: (text: string, before: unknown) => unknown;
}

interface FoundText {
  readonly text: string;
  readonly place: Place;
}

export interface FoundResult {
  /** What it answers; undefined where it does not say. */
  readonly of: string | undefined;
  /** The tool's name, where the result itself tells it. */
  readonly tool?: string | undefined;
  readonly texts: readonly FoundText[];
}

export interface FoundCall {
  readonly id: string | undefined;
  readonly call: ToolCall;
  /** All of it, for the chain. */
  readonly covers: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

export interface MessageFormat {
  readonly name: 'anthropic' | 'openai' | 'vercel';
  /** A part of a message's content; undefined: it is none of this format's calls and results. */
  readonly readPart: (part: Fields, path: Place['path'], message: Fields) => FoundResult | FoundCall | undefined;
  /** A content that is one text; undefined: somebody said it. */
  readonly readText?: (text: string, message: Fields) => FoundResult | undefined;
  /** Any other member of a message. */
  readonly readCalls?: (member: string, value: unknown) => readonly FoundCall[];
}

const anthropicCalls = ['tool_use', 'server_tool_use', 'mcp_tool_use'];

const anthropic: MessageFormat = {
  name: 'anthropic',
  readPart: (part, path, { role }) => {
    const { type, id, name, input, tool_use_id: of, content } = part;
    if (typeof type === 'string' && anthropicCalls.includes(type) && role !== 'user' && typeof name === 'string')
      return { id: textOf(id), call: { tool: name, input }, covers: part };
    return type === 'tool_result' && role === 'user' ? { of: textOf(of), texts: textsOf(content, [...path, 'content']) } : undefined;
  },
};

const openai: MessageFormat = {
  name: 'openai',
  readPart: ({ type, text }, path, message) =>
    type === 'text' && typeof text === 'string' ? resultOf(message, [{ text, place: { path: [...path, 'text'] } }]) : undefined,
  readText: (text, message) => resultOf(message, [{ text, place: { path: ['content'] } }]),
  readCalls: (member, value) => {
    if (member === 'function_call') return callsOf({ function: value }, (name) => `name ${name}`);
    if (member !== 'tool_calls' || !Array.isArray(value)) return [];
    return value.flatMap((call) => (isRecord(call) ? callsOf(call, () => textOf(call.id)) : []));
  },
};

const vercel: MessageFormat = {
  name: 'vercel',
  readPart: (part, path, { role }) => {
    const { type, toolCallId, toolName } = part;
    const tool = textOf(toolName);
    if (type === 'tool-call' && tool !== undefined)
      return { id: textOf(toolCallId), call: { tool, input: part.input ?? part.args }, covers: part };
    // In the assistant's own turn stands what the provider's tools returned: their shape is the provider's.
    return type === 'tool-result' && role === 'tool' ? { of: textOf(toolCallId), tool, texts: outputTexts(part, path) } : undefined;
  },
};

export const messageFormats: readonly MessageFormat[] = [anthropic, openai, vercel];

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The old way has no ids: a result names its function, and answers the last call of it. */
function resultOf({ role, tool_call_id: of, name }: Fields, texts: readonly FoundText[]): FoundResult | undefined {
  if (role === 'tool') return { of: textOf(of), texts };
  return role === 'function' && typeof name === 'string' ? { of: `name ${name}`, tool: name, texts } : undefined;
}

/** Arguments are JSON within a string, a custom tool's input is free text. */
function callsOf(call: Fields, idOf: (name: string) => string | undefined): readonly FoundCall[] {
  const holder = isRecord(call.function) ? call.function : call.custom;
  if (!isRecord(holder) || typeof holder.name !== 'string') return [];
  const input = holder === call.function ? parsed(holder.arguments) : holder.input;
  return [{ id: idOf(holder.name), call: { tool: holder.name, input }, covers: call }];
}

/** `output` since version 5, `result` before; JSON becomes a text where it shrinks, for the model is sent it as a text anyway. */
function outputTexts({ output, result, experimental_content: content }: Fields, path: Place['path']): readonly FoundText[] {
  if (!isRecord(output)) return typeof result === 'string' && content === undefined ? textsOf(result, [...path, 'result']) : [];
  const { type, value } = output;
  if (type === 'text' || type === 'error-text') return typeof value === 'string' ? textsOf(value, [...path, 'output', 'value']) : [];
  if (type === 'content') return Array.isArray(value) ? textsOf(value, [...path, 'output', 'value']) : [];
  const shrunkType = type === 'json' ? 'text' : type === 'error-json' ? 'error-text' : undefined;
  const text = shrunkType === undefined ? undefined : spelled(value);
  if (text === undefined) return [];
  const put = (text: string, before: unknown) => ({ ...(before as object), type: shrunkType, value: text });
  return [{ text, place: { path: [...path, 'output'], put } }];
}

/** A text, or parts of which some hold a text. */
function textsOf(content: unknown, path: Place['path']): readonly FoundText[] {
  if (typeof content === 'string') return [{ text: content, place: { path } }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part, at) =>
    isRecord(part) && part.type === 'text' && typeof part.text === 'string'
      ? [{ text: part.text, place: { path: [...path, at, 'text'] } }]
      : [],
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Undefined for what JSON cannot hold. */
function spelled(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
