/** What a spelling of parsed messages says of them: what is a call, what a result, and where in the message its texts stand. */
import type { ToolCall } from '../block.ts';

/** Where a text stands in its message, and what stands there once it is another; absent: the text itself. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly put?: (text: string, before: unknown) => unknown;
}

export interface FoundText {
  readonly text: string;
  readonly place: Place;
}

export interface FoundResult {
  /** What it answers; undefined where it does not say. */
  readonly of: string | undefined;
  /** The tool's name, where the result itself tells it. */
  readonly tool?: string | undefined;
  /** Where it says neither by an id: it answers the first call of its tool that has none and is not answered. */
  readonly answersInOrder?: boolean;
  readonly texts: readonly FoundText[];
}

export interface FoundCall {
  readonly id: string | undefined;
  readonly call: ToolCall;
  /** All of it, for the chain. */
  readonly covers: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface MessageFormat {
  readonly name: 'anthropic' | 'openai' | 'responses' | 'vercel' | 'gemini';
  /** A message that is itself a call or a result; undefined: it is neither. */
  readonly readItem?: (item: Fields) => FoundResult | FoundCall | undefined;
  /** A part of a message's content; undefined: it is none of this format's calls and results. */
  readonly readPart?: (part: Fields, path: Place['path'], message: Fields) => FoundResult | FoundCall | undefined;
  /** A content that is one text; undefined: somebody said it. */
  readonly readText?: (text: string, message: Fields) => FoundResult | undefined;
  /** Any other member of a message. */
  readonly readCalls?: (member: string, value: unknown) => readonly FoundCall[];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A text, or parts of which some hold a text. */
export function textsOf(content: unknown, path: Place['path'], types: readonly string[] = ['text']): readonly FoundText[] {
  if (typeof content === 'string') return [{ text: content, place: { path } }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part, at) =>
    isRecord(part) && typeof part.type === 'string' && types.includes(part.type) && typeof part.text === 'string'
      ? [{ text: part.text, place: { path: [...path, at, 'text'] } }]
      : [],
  );
}

/** Arguments as models write them: JSON within a string. Undefined for what is none. */
export function parseArguments(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
