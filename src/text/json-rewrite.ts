/** Writes changed values over the JSON text that they were parsed from: what is the same object keeps its bytes, number spellings and all. */
import { scanJson } from './json-scan.ts';
import type { JsonTape } from './json-tape.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly spelling: Buffer;
}

/** `before`: what the bytes parse to. `after`: the same with some values replaced. An object with other members is written anew. */
export function rewriteJson(bytes: Buffer, before: unknown, after: unknown): Buffer {
  if (before === after) return bytes;
  const tape = scanJson(bytes);
  // A text of millions of values is not listed.
  if (!tape) return Buffer.from(JSON.stringify(after));
  const edits = findEdits(tape, 0, before, after).sort((one, other) => one.start - other.start);
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, spelling } of edits) {
    parts.push(bytes.subarray(at, start), spelling);
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}

function findEdits(tape: JsonTape, value: number, before: unknown, after: unknown): Edit[] {
  if (before === after) return [];
  const children = hasSameKeys(before, after) ? childrenOf(tape, value) : undefined;
  if (!children) return [{ start: tape.start(value), end: tape.end(value), spelling: Buffer.from(JSON.stringify(after)) }];
  const [old, now] = [before, after] as Record<string, unknown>[];
  return Object.keys(old!).flatMap((key) => findEdits(tape, children.get(key)!, old![key], now![key]));
}

function hasSameKeys(before: unknown, after: unknown): boolean {
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return false;
  if (Array.isArray(before) !== Array.isArray(after)) return false;
  const keys = Object.keys(before);
  return keys.length === Object.keys(after).length && keys.every((key) => Object.hasOwn(after, key));
}

/** By key; of a member that stands twice the last, which is the one that parsing takes. */
function childrenOf(tape: JsonTape, container: number): ReadonlyMap<string, number> {
  const isList = tape.kind(container) === 'array';
  const keyOf = (child: number) => JSON.parse(tape.bytes.toString('utf8', tape.keyStart(child), tape.keyEnd(child))) as string;
  return new Map(tape.children(container).map((child, at) => [isList ? String(at) : keyOf(child), child]));
}
