/**
 * JSON as a tree that can be written out again to the byte: numbers, strings and the order and number of keys stay as they are spelled.
 * White space must follow one layout; a container that does not, on a single line, is kept as it is spelled.
 */
import { type JsonLayout, literalEnd } from './json-layout.ts';
import { readLiteral, type StringSpelling } from './json-spelling.ts';

/** A number, a word or a string as spelled; `text`: what a string says, where it is spelled as its writer spells strings. */
export interface JsonScalar {
  readonly type: 'scalar';
  readonly raw: string;
  readonly text?: string | undefined;
}
export interface JsonArray {
  readonly type: 'array';
  readonly items: readonly JsonNode[];
  /** See `sizeOf`. */
  readonly size?: number;
}
/** Keys are literals, quotes and all; the same one may stand there twice. */
export interface JsonObject {
  readonly type: 'object';
  readonly keys: readonly string[];
  readonly values: readonly JsonNode[];
  /** See `sizeOf`. */
  readonly size?: number;
}
/** A container in a layout of its own. */
export interface JsonVerbatim {
  readonly type: 'verbatim';
  readonly raw: string;
}
export type JsonNode = JsonScalar | JsonArray | JsonObject | JsonVerbatim;

export interface ParsedJson {
  readonly node: JsonNode;
  /** Index after the value. */
  readonly end: number;
}

/** Deeper trees are not read. */
const deepest = 100;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const word = /true|false|null/y;
const spaces = /[ \t\n\r]*/y;

/** Reads the value that begins at `from`; undefined where it is no JSON or does not follow the layout. */
export function parseJson(json: string, from: number, layout: JsonLayout, spelling: StringSpelling): ParsedJson | undefined {
  return new Parser(json, layout, spelling).value(from, 0);
}

/** The value as it was spelled. */
export function writeJson(node: JsonNode, layout: JsonLayout): string {
  const out: string[] = [];
  write(node, layout, '\n', out);
  return out.join('');
}

/** UTF-16 units of a parsed value where it stands without white space. */
export function sizeOf(node: JsonNode): number {
  return node.type === 'scalar' || node.type === 'verbatim' ? node.raw.length : (node.size ?? 0);
}

function write(node: JsonNode, layout: JsonLayout, lineStart: string, out: string[]): void {
  if (node.type === 'scalar' || node.type === 'verbatim') {
    out.push(node.raw);
    return;
  }
  const isObject = node.type === 'object';
  const values = isObject ? node.values : node.items;
  const inner = lineStart + (layout.indent ?? '');
  out.push(isObject ? '{' : '[');
  for (const [at, value] of values.entries()) {
    if (at > 0) out.push(layout.comma);
    if (layout.indent !== undefined) out.push(inner);
    if (isObject) out.push(node.keys[at] ?? '', layout.colon);
    write(value, layout, inner, out);
  }
  if (layout.indent !== undefined && values.length > 0) out.push(lineStart);
  out.push(isObject ? '}' : ']');
}

class Parser {
  readonly #json: string;
  readonly #layout: JsonLayout;
  readonly #spelling: StringSpelling;
  /** The white space before a value or closing bracket, by depth. */
  readonly #breaks: string[] = [];
  readonly #separators: string[] = [];

  constructor(json: string, layout: JsonLayout, spelling: StringSpelling) {
    this.#json = json;
    this.#layout = layout;
    this.#spelling = spelling;
  }

  value(from: number, depth: number): ParsedJson | undefined {
    const first = this.#json.charCodeAt(from);
    if (first === 0x7b || first === 0x5b) return depth > deepest ? undefined : this.#container(from, depth, first === 0x7b);
    if (first === 0x22) {
      const end = literalEnd(this.#json, from);
      if (end < 0) return undefined;
      const raw = this.#json.slice(from, end);
      return /[\0-\x1f]/.test(raw) ? undefined : { node: { type: 'scalar', raw, text: readLiteral(raw, this.#spelling) }, end };
    }
    const pattern = first === 0x2d || (first >= 0x30 && first <= 0x39) ? number : word;
    pattern.lastIndex = from;
    const raw = pattern.exec(this.#json)?.[0];
    return raw === undefined ? undefined : { node: { type: 'scalar', raw }, end: from + raw.length };
  }

  #container(from: number, depth: number, isObject: boolean): ParsedJson | undefined {
    const json = this.#json;
    const { colon } = this.#layout;
    const close = isObject ? 0x7d : 0x5d;
    const keys: string[] = [];
    const values: JsonNode[] = [];
    let follows = true;
    let size = 1;
    let at = this.#skip(from + 1);
    if (json.charCodeAt(at) === close) follows = at === from + 1;
    else {
      follows = this.#stands(from + 1, at, this.#break(depth + 1));
      for (;;) {
        if (isObject) {
          const end = json.charCodeAt(at) === 0x22 ? literalEnd(json, at) : -1;
          if (end < 0) return undefined;
          keys.push(json.slice(at, end));
          size += end - at + 1;
          at = this.#skip(end);
          if (json.charCodeAt(at) !== 0x3a) return undefined;
          at = this.#skip(at + 1);
          follows &&= this.#stands(end, at, colon);
        }
        const value = this.value(at, depth + 1);
        if (!value) return undefined;
        values.push(value.node);
        size += sizeOf(value.node) + 1;
        at = this.#skip(value.end);
        if (json.charCodeAt(at) === close) {
          follows &&= this.#stands(value.end, at, this.#break(depth));
          break;
        }
        if (json.charCodeAt(at) !== 0x2c) return undefined;
        at = this.#skip(at + 1);
        follows &&= this.#stands(value.end, at, this.#separator(depth + 1));
      }
    }
    const end = at + 1;
    if (values.length === 0) size = 2;
    if (follows) return { node: isObject ? { type: 'object', keys, values, size } : { type: 'array', items: values, size }, end };
    const raw = json.slice(from, end);
    return raw.includes('\n') || raw.includes('\r') ? undefined : { node: { type: 'verbatim', raw }, end };
  }

  #skip(from: number): number {
    const first = this.#json.charCodeAt(from);
    if (first > 0x20) return from;
    spaces.lastIndex = from;
    spaces.exec(this.#json);
    return spaces.lastIndex;
  }

  #stands(from: number, until: number, expected: string): boolean {
    return until - from === expected.length && this.#json.startsWith(expected, from);
  }

  #separator(depth: number): string {
    this.#separators[depth] ??= this.#layout.comma + this.#break(depth);
    return this.#separators[depth];
  }

  #break(depth: number): string {
    const { indent } = this.#layout;
    if (indent === undefined) return '';
    this.#breaks[depth] ??= `\n${indent.repeat(depth)}`;
    return this.#breaks[depth];
  }
}
