/** Parses JSON into a tree that can be written out again to the byte; what breaks off, as far as it goes. */
import { type JsonLayout, literalEnd } from './json-layout.ts';
import { type JsonNode, sizeOf } from './json-node.ts';
import { readLiteral, type StringSpelling } from './json-spelling.ts';

export interface ParsedJson {
  readonly node: JsonNode;
  /** Index after the value. */
  readonly end: number;
}

/** Deeper trees are not read. */
const deepest = 100;
/** Items of a list after which one that breaks off is left out. */
const leastWholeRows = 4;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const word = /true|false|null/y;

/** Reads the value that begins at `from`; undefined where it is no JSON or does not follow the layout. */
export function parseJson(json: string, from: number, layout: JsonLayout, spelling: StringSpelling): ParsedJson | undefined {
  return new JsonParser(json, layout, spelling, false).value(from, 0);
}

/** Where a value breaks off: what of it is whole, and in how many containers that stands. */
export interface CutJson extends ParsedJson {
  readonly levels: number;
}

/** Reads as much as there is of a container that breaks off; `end` is behind the last whole value. Undefined where nothing is whole. */
export function parseCutJson(json: string, from: number, layout: JsonLayout, spelling: StringSpelling): CutJson | undefined {
  const parser = new JsonParser(json, layout, spelling, true);
  const parsed = parser.value(from, 0);
  return parsed && parser.levels > 0 ? { ...parsed, levels: parser.levels } : undefined;
}

/** Reads one text. Containers are followed to a limited depth; nothing is read twice. */
class JsonParser {
  /** Containers that break off, where that is allowed. */
  levels = 0;
  readonly #json: string;
  readonly #layout: JsonLayout;
  readonly #spelling: StringSpelling;
  readonly #mayBreakOff: boolean;
  /** The white space before a value or closing bracket, by depth, and the same with the comma. */
  readonly #breaks: string[] = [];
  readonly #separators: string[] = [];

  constructor(json: string, layout: JsonLayout, spelling: StringSpelling, mayBreakOff: boolean) {
    this.#json = json;
    this.#layout = layout;
    this.#spelling = spelling;
    this.#mayBreakOff = mayBreakOff;
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
    const close = isObject ? 0x7d : 0x5d;
    const keys: string[] = [];
    const values: JsonNode[] = [];
    let follows = true;
    let size = 1;
    /** Behind the last value that is whole, which is one that a comma or a bracket follows. */
    let whole = 0;
    let at = this.#skip(from + 1);
    if (json.charCodeAt(at) === close) return this.#closed(from, at, at === from + 1, isObject, keys, values, 2);
    let leads = this.#stands(from + 1, at, this.#break(depth + 1));
    for (;;) {
      if (isObject) {
        const end = json.charCodeAt(at) === 0x22 ? literalEnd(json, at) : -1;
        const colon = end < 0 ? -1 : this.#skip(end);
        if (colon < 0 || json.charCodeAt(colon) !== 0x3a) return this.#broken(follows, isObject, keys, values, size, whole);
        const start = this.#skip(colon + 1);
        keys[values.length] = json.slice(at, end);
        leads &&= this.#stands(end, start, this.#layout.colon);
        at = start;
      }
      const value = this.value(at, depth + 1);
      if (!value) return this.#broken(follows, isObject, keys, values, size, whole);
      const isBroken = this.levels > 0;
      at = this.#skip(value.end);
      const next = json.charCodeAt(at);
      if (!isBroken && next !== close && next !== 0x2c) return this.#broken(follows, isObject, keys, values, size, whole);
      // Part of a row would stand in the way of what all others share.
      if (isBroken && !isObject && values.length >= leastWholeRows) {
        this.levels = 0;
        return this.#broken(follows, isObject, keys, values, size, whole);
      }
      values.push(value.node);
      size += sizeOf(value.node) + 1 + (isObject ? (keys.at(-1) ?? '').length + 1 : 0);
      follows &&= leads;
      if (isBroken) return this.#broken(follows, isObject, keys, values, size, value.end);
      whole = value.end;
      if (next === close)
        return this.#closed(from, at, follows && this.#stands(whole, at, this.#break(depth)), isObject, keys, values, size);
      at = this.#skip(at + 1);
      leads = this.#stands(whole, at, this.#separator(depth + 1));
    }
  }

  /** A container whose bracket stands at `at`: as it is spelled where it does not follow the layout, if that is on one line. */
  #closed(
    from: number,
    at: number,
    follows: boolean,
    isObject: boolean,
    keys: string[],
    values: JsonNode[],
    size: number,
  ): ParsedJson | undefined {
    const end = at + 1;
    if (follows) return { node: isObject ? { type: 'object', keys, values, size } : { type: 'array', items: values, size }, end };
    const raw = this.#json.slice(from, end);
    return raw.includes('\n') || raw.includes('\r') ? undefined : { node: { type: 'verbatim', raw }, end };
  }

  #broken(follows: boolean, isObject: boolean, keys: string[], values: JsonNode[], size: number, end: number): ParsedJson | undefined {
    if (!this.#mayBreakOff || !follows || values.length === 0) {
      this.levels = 0;
      return undefined;
    }
    this.levels++;
    keys.length = Math.min(keys.length, values.length);
    return { node: isObject ? { type: 'object', keys, values, size } : { type: 'array', items: values, size }, end };
  }

  #skip(from: number): number {
    let at = from;
    for (let unit = this.#json.charCodeAt(at); unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09; )
      unit = this.#json.charCodeAt(++at);
    return at;
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
