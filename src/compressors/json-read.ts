/** Reads an outline of JSON back into the tree that `json-write.ts` wrote. Throws nothing: undefined where a line does not fit. */
import type { JsonNode } from '../text/json-node.ts';
import { writeLiteral } from '../text/json-spelling.ts';
import { readTable } from './json-read-table.ts';
import { type Notation, readKey, readValue } from './json-words.ts';

/** Lines and the next one to be read. */
export interface LineCursor {
  readonly lines: readonly string[];
  at: number;
}

/** What a line that does not fit is answered with; caught where reading began. */
export class Misfit extends Error {}

export function readOutline(cursor: LineCursor, notation: Notation): JsonNode | undefined {
  try {
    const first = cursor.lines[cursor.at] ?? '';
    if (!/^\d+ (?:rows|items)$/.test(first)) return readMembers(cursor, '', notation, undefined);
    cursor.at++;
    return readArray(first, cursor, '', notation, new Map());
  } catch (error) {
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}

/** `opening`: the first line without its indentation, where a dash stands in it. */
function readMembers(cursor: LineCursor, indent: string, notation: Notation, opening: string | undefined): JsonNode {
  const keys: string[] = [];
  const values: JsonNode[] = [];
  const texts = new Map<string, string>();
  let pending = opening;
  for (;;) {
    const line = pending ?? memberAt(cursor, indent);
    const key = line === undefined ? undefined : readKey(line, 0, notation);
    if (line === undefined || !key || line[key.end] !== ':') {
      if (pending !== undefined) throw new Misfit();
      return { type: 'object', keys, values };
    }
    pending = undefined;
    cursor.at++;
    const rest = line.slice(key.end + 1);
    const value = rest === '' ? readMembers(cursor, `${indent}  `, notation, undefined) : readRest(rest.slice(1), cursor, indent, notation, texts);
    if (rest !== '' && rest[0] !== ' ') throw new Misfit();
    keys.push(key.literal);
    values.push(value);
    if (value.type === 'scalar') texts.set(key.literal, value.text ?? value.raw);
  }
}

function memberAt({ lines, at }: LineCursor, indent: string): string | undefined {
  const line = lines[at];
  return line?.startsWith(indent) && line[indent.length] !== ' ' && line !== indent ? line.slice(indent.length) : undefined;
}

/** A value whose first line is already taken from the cursor. */
function readRest(rest: string, cursor: LineCursor, indent: string, notation: Notation, texts: ReadonlyMap<string, string>): JsonNode {
  if (/^\d+ (?:rows|items)$/.test(rest)) return readArray(rest, cursor, indent, notation, texts);
  const count = /^text of (\d+) lines$/.exec(rest)?.[1];
  if (count === undefined) return readValue(rest, notation);
  const lines: string[] = [];
  for (let n = 0; n < Number(count); n++) {
    const line = cursor.lines[cursor.at++];
    if (line === undefined) throw new Misfit();
    lines.push(line === '' ? '' : line.slice(indent.length + 2));
  }
  const text = lines.join('\n');
  return { type: 'scalar', raw: writeLiteral(text, notation.strings), text };
}

function readArray(head: string, cursor: LineCursor, indent: string, notation: Notation, texts: ReadonlyMap<string, string>): JsonNode {
  const count = Number.parseInt(head, 10);
  if (count > cursor.lines.length) throw new Misfit();
  if (head.endsWith('rows')) return { type: 'array', items: readTable(cursor, count, indent, notation, texts) };
  const items: JsonNode[] = [];
  const inner = `${indent}  `;
  for (let n = 0; n < count; n++) {
    const line = cursor.lines[cursor.at];
    if (!line?.startsWith(`${indent}- `)) throw new Misfit();
    const rest = line.slice(indent.length + 2);
    const key = readKey(rest, 0, notation);
    if (key && /^:(?: |$)/.test(rest.slice(key.end))) items.push(readMembers(cursor, inner, notation, rest));
    else {
      cursor.at++;
      items.push(readRest(rest, cursor, inner, notation, new Map()));
    }
  }
  return { type: 'array', items };
}
