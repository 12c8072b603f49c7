/** Reads an outline of JSON back into the tree that `json-write.ts` wrote. Throws nothing: undefined where a line does not fit. */
import type { JsonNode } from '../../text/json-node.ts';
import { writeLiteral } from '../../text/json-spelling.ts';
import { type LineCursor, Misfit } from './json-lines.ts';
import { readPromoted } from './json-order.ts';
import { readTable } from './json-read-table.ts';
import { type Notation, readKey, readName, readValue } from './json-words.ts';

const arrayHead = /^\d+ (?:items?|rows(?:, .*)?)$/;

/** Takes a value as soon as there is something of it: what comes later may name what came before, within the same object too. */
type Take = (node: JsonNode) => void;

interface Reading {
  readonly cursor: LineCursor;
  readonly notation: Notation;
  root: JsonNode | undefined;
}

export function readOutline(cursor: LineCursor, notation: Notation): JsonNode | undefined {
  const reading: Reading = { cursor, notation, root: undefined };
  const take: Take = (node) => {
    reading.root = node;
  };
  try {
    const first = cursor.lines[cursor.at] ?? '';
    if (arrayHead.test(first)) {
      cursor.at++;
      readArray(reading, first, '', new Map(), take);
    } else readMembers(reading, '', undefined, take);
    return reading.root;
  } catch (error) {
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}

/** `opening`: the first line without its indentation, where a dash stands in it. */
function readMembers(reading: Reading, indent: string, opening: string | undefined, take: Take): void {
  const { cursor, notation } = reading;
  const keys: string[] = [];
  const values: JsonNode[] = [];
  take({ type: 'object', keys, values });
  const texts = new Map<string, string>();
  let pending = opening;
  for (;;) {
    const line = pending ?? memberAt(cursor, indent);
    const key = line === undefined ? undefined : readKey(line, 0, notation);
    if (line === undefined || !key || line[key.end] !== ':') {
      if (pending !== undefined) throw new Misfit();
      return;
    }
    pending = undefined;
    cursor.at++;
    const rest = line.slice(key.end + 1);
    if (rest !== '' && rest[0] !== ' ') throw new Misfit();
    const add: Take = (node) => {
      keys.push(key.literal);
      values.push(node);
      if (node.type === 'scalar') texts.set(key.literal, node.text ?? node.raw);
    };
    if (rest === '') readMembers(reading, `${indent}  `, undefined, add);
    else readRest(reading, rest.slice(1), indent, texts, add);
  }
}

function memberAt({ lines, at }: LineCursor, indent: string): string | undefined {
  const line = lines[at];
  return line?.startsWith(indent) && line[indent.length] !== ' ' && line !== indent ? line.slice(indent.length) : undefined;
}

/** A value whose first line is already taken from the cursor. */
function readRest(reading: Reading, rest: string, indent: string, texts: ReadonlyMap<string, string>, take: Take): void {
  const { cursor, notation } = reading;
  if (arrayHead.test(rest)) {
    readArray(reading, rest, indent, texts, take);
    return;
  }
  if (rest.startsWith('same as ')) {
    take(resolve(reading, rest.slice('same as '.length)));
    return;
  }
  const count = /^text of (\d+) lines$/.exec(rest)?.[1];
  if (count === undefined) {
    take(readValue(rest, notation));
    return;
  }
  const lines: string[] = [];
  for (let n = 0; n < Number(count); n++) {
    const line = cursor.lines[cursor.at++];
    if (line === undefined) throw new Misfit();
    lines.push(line === '' ? '' : line.slice(indent.length + 2));
  }
  const text = lines.join('\n');
  take({ type: 'scalar', raw: writeLiteral(text, notation.strings), text });
}

function readArray(reading: Reading, head: string, indent: string, texts: ReadonlyMap<string, string>, take: Take): void {
  const { cursor, notation } = reading;
  const count = Number.parseInt(head, 10);
  if (count > cursor.lines.length) throw new Misfit();
  if (head.includes('rows')) {
    take({ type: 'array', items: readTable(cursor, count, indent, notation, texts, readPromoted(head)) });
    return;
  }
  const items: JsonNode[] = [];
  take({ type: 'array', items });
  const add: Take = (node) => items.push(node);
  const inner = `${indent}  `;
  for (let n = 0; n < count; n++) {
    const line = cursor.lines[cursor.at];
    const dash = line?.startsWith(indent) ? (/^(?:- |\[\d{1,9}\] )/.exec(line.slice(indent.length, indent.length + 12))?.[0] ?? '') : '';
    if (line === undefined || dash === '') throw new Misfit();
    const rest = line.slice(indent.length + dash.length);
    const key = readKey(rest, 0, notation);
    if (key && /^:(?: |$)/.test(rest.slice(key.end))) readMembers(reading, inner, rest, add);
    else {
      cursor.at++;
      readRest(reading, rest, inner, new Map(), add);
    }
  }
}

/** The container that stands under a name further up. */
function resolve({ root, notation }: Reading, name: string): JsonNode {
  const path = readName(name, 0, notation);
  let node = path?.end === name.length ? root : undefined;
  for (const segment of path?.path ?? []) {
    if (typeof segment === 'number') node = node?.type === 'array' ? node.items[segment] : undefined;
    else node = node?.type === 'object' ? node.values[node.keys.indexOf(segment)] : undefined;
  }
  if (!node) throw new Misfit();
  return node;
}
