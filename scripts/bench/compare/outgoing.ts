/** Reads outgoing requests: what the model sees of each tool result, and what of a request the provider's cache has seen before. */
import type { Piece, RequestBody } from './conversations.ts';

/** The text of every tool result by the id of its call. */
export function resultsIn(body: RequestBody): Map<string, string> {
  const pieces = body.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
  const results = pieces.filter(({ type }) => type === 'tool_result');
  return new Map(results.map((piece) => [String(piece.tool_use_id), textOf(piece.content)]));
}

/** The parts of a request in the order in which the provider's cache reads them: tools, system, messages; without cache marks. */
export function partsOf({ tools = [], system = [], messages }: RequestBody): string[] {
  return [...tools, typeof system === 'string' ? [{ type: 'text', text: system }] : system, ...messages.map(spellContent)].map((part) =>
    withoutMarks(part),
  );
}

/** How a request goes on from the one before. */
export interface Growth {
  /** Bytes of the request before. */
  readonly known: number;
  /** Bytes of them that are not what they were, gone ones included. */
  readonly changed: number;
  /** Parts from the beginning on that are what they were. */
  readonly sameParts: number;
}

export function compareRequests(before: readonly string[], now: readonly string[]): Growth {
  const differs = before.findIndex((part, at) => part !== now[at]);
  const changed = before.reduce((sum, part, at) => sum + differingBytes(part, now[at] ?? ''), 0);
  const known = before.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  return { known, changed, sameParts: differs < 0 ? before.length : differs };
}

/** What lies between the common beginning and the common end, on the side where more does. */
function differingBytes(one: string, other: string): number {
  if (one === other) return 0;
  const least = Math.min(one.length, other.length);
  let from = 0;
  while (from < least && one[from] === other[from]) from++;
  let behind = 0;
  while (behind < least - from && one.at(-1 - behind) === other.at(-1 - behind)) behind++;
  return Math.max(...[one, other].map((text) => Buffer.byteLength(text.slice(from, text.length - behind))));
}

/** A plain text and a list of one text say the same. */
function spellContent(message: RequestBody['messages'][number]): unknown {
  return { role: message.role, content: typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content };
}

function withoutMarks(part: unknown): string {
  return JSON.stringify(part, (name, value: unknown) => (name === 'cache_control' ? undefined : value));
}

/** What a part of a request says, for counting its tokens: its texts, without the JSON around them. */
export function saysOf(part: string): string {
  const texts: string[] = [];
  JSON.parse(part, (name, value: unknown) => {
    if (name !== 'signature' && (typeof value === 'string' || typeof value === 'number')) texts.push(String(value));
    return value;
  });
  return texts.join('\n');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((piece: Piece) => (typeof piece.text === 'string' ? piece.text : '')).join('\n') : '';
}
