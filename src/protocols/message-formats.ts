/** How SDKs spell messages that are parsed: the list, and the three spellings that have messages with parts. */
import { geminiContents } from './gemini-contents.ts';
import {
  type Fields,
  type FoundCall,
  type FoundResult,
  type FoundText,
  isRecord,
  type MessageFormat,
  type Place,
  parseArguments,
  textOf,
  textsOf,
} from './message-format.ts';
import { anthropicCalls } from './part-types.ts';
import { responsesItems } from './responses-items.ts';

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

export const messageFormats: readonly MessageFormat[] = [anthropic, openai, responsesItems, vercel, geminiContents];

/** The old way has no ids: a result names its function, and answers the last call of it. */
function resultOf({ role, tool_call_id: of, name }: Fields, texts: readonly FoundText[]): FoundResult | undefined {
  if (role === 'tool') return { of: textOf(of), texts };
  return role === 'function' && typeof name === 'string' ? { of: `name ${name}`, tool: name, texts } : undefined;
}

/** Arguments are JSON within a string, a custom tool's input is free text. */
function callsOf(call: Fields, idOf: (name: string) => string | undefined): readonly FoundCall[] {
  const holder = isRecord(call.function) ? call.function : call.custom;
  if (!isRecord(holder) || typeof holder.name !== 'string') return [];
  const input = holder === call.function ? parseArguments(holder.arguments) : holder.input;
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

/** Undefined for what JSON cannot hold. */
function spelled(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
