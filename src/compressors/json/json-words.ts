/** How names, texts and values are spelled in an outline or a table of JSON, so that they can be told apart again. */
import { type JsonLayout, literalEnd } from '../../text/json-layout.ts';
import { type JsonNode, writeJson } from '../../text/json-node.ts';
import { parseJson } from '../../text/json-parse.ts';
import { readLiteral, type StringSpelling, writeLiteral } from '../../text/json-spelling.ts';
import type { Segment } from './json-columns.ts';

/** What a text of JSON is written in. */
export interface Notation {
  readonly layout: JsonLayout;
  /** The layout of values that stand on one line in the outline. */
  readonly inline: JsonLayout;
  readonly strings: StringSpelling;
}

/** Where a text stands: after a name, as an item of a list, or in a cell of a table. */
export type Place = 'value' | 'item' | 'cell';

const plainStrings: StringSpelling = { escapesNonAscii: false, escapesMarkup: false, escapesSlashes: false };
const looksLikeValue =
  /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|\d+ (?:items?|rows)(?:, .*)?|text of \d+ lines|["[{].*|-|- .*|end of JSON.*|same as .*)$/s;
const bareKey = /^[^\s"'.[\]{}():=,>\\-][^\s"'.[\]{}():=,>\\]*$/;
const nameUnits = /[^\s"'.[\]{}():=,>\\-][^\s"'.[\]{}():=,>\\]*/y;

/** A value on one line: a text without its quotes where it cannot be taken for anything else. */
export function spellValue(node: JsonNode, place: Place, { inline }: Notation): string {
  if (node.type !== 'scalar') return writeJson(node, inline);
  const { text } = node;
  return text === undefined || !canStandBare(text, place) ? node.raw : text;
}

function canStandBare(text: string, place: Place): boolean {
  if (text === '' || /[\0-\x1f\x7f\u0085\u2028\u2029]|^\s|\s$/.test(text)) return false;
  if (looksLikeValue.test(text)) return false;
  return place !== 'item' || !/:(?: |$)/.test(text);
}

/** What `spellValue` wrote. */
export function readValue(spelled: string, { inline, strings }: Notation): JsonNode {
  const parsed = parseJson(spelled, 0, inline, strings);
  if (parsed?.end === spelled.length) return parsed.node;
  return { type: 'scalar', raw: writeLiteral(spelled, strings), text: spelled };
}

/** A key of an outline; `literal` is how the JSON spells it. */
export function spellKey(literal: string, { strings }: Notation): string {
  const text = readLiteral(literal, strings);
  return text !== undefined && bareKey.test(text) ? text : literal;
}

/** A key at the start of a text, and where it ends. */
export function readKey(text: string, from: number, { strings }: Notation): { literal: string; end: number } | undefined {
  if (text[from] === '"') {
    const end = literalEnd(text, from);
    return end < 0 ? undefined : { literal: text.slice(from, end), end };
  }
  nameUnits.lastIndex = from;
  const found = nameUnits.exec(text)?.[0];
  return found === undefined ? undefined : { literal: writeLiteral(found, strings), end: from + found.length };
}

/** A column's name: keys with dots between, places in brackets. */
export function spellName(path: readonly Segment[], notation: Notation): string {
  return path
    .map((segment, at) => (typeof segment === 'number' ? `[${segment}]` : `${at === 0 ? '' : '.'}${spellKey(segment, notation)}`))
    .join('');
}

export function readName(text: string, from: number, notation: Notation): { path: Segment[]; end: number } | undefined {
  const path: Segment[] = [];
  for (let at = from; ; ) {
    const place = /^\[(\d+)\]/.exec(text.slice(at, at + 12));
    if (place) {
      path.push(Number(place[1]));
      at += place[0].length;
    } else if (at === from || text[at] === '.') {
      const key = readKey(text, at === from ? at : at + 1, notation);
      if (!key) return path.length > 0 ? { path, end: at } : undefined;
      path.push(key.literal);
      at = key.end;
    } else return { path, end: at };
  }
}

/** Text of a template, in quotes where it would not be seen or read as it is. */
export function spellTemplate(text: string): string {
  return text === '{}' || !canStandBare(text.replaceAll(/[{}]/g, '_'), 'value') ? writeLiteral(text, plainStrings) : text;
}

export function readTemplate(spelled: string): string | undefined {
  return spelled.startsWith('"') ? readLiteral(spelled, plainStrings) : spelled;
}

/** What fills a blank: its quotes say that it cannot stand without. */
export function spellFill(text: string): string {
  return text === 'null' || text === '' || text.startsWith('"') || /[\0-\x1f\x7f\u0085\u2028\u2029]|^\s|\s$/.test(text)
    ? writeLiteral(text, plainStrings)
    : text;
}
