/**
 * JSON as a tree that can be written out again to the byte: numbers, strings and the order and number of keys stay as they are spelled.
 * White space must follow one layout; a container that does not, on a single line, is kept as it is spelled.
 */
import type { JsonLayout } from './json-layout.ts';

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
interface JsonVerbatim {
  readonly type: 'verbatim';
  readonly raw: string;
}
export type JsonNode = JsonScalar | JsonArray | JsonObject | JsonVerbatim;

/** The value as it was spelled up to where it breaks off. */
export function writeCutJson(node: JsonNode, layout: JsonLayout, levels: number): string {
  let closing = '';
  let inner: JsonNode | undefined = node;
  for (let level = 0; level < levels; level++) {
    if (inner?.type !== 'object' && inner?.type !== 'array') break;
    closing = (layout.indent === undefined ? '' : `\n${layout.indent.repeat(level)}`) + (inner.type === 'object' ? '}' : ']') + closing;
    inner = inner.type === 'object' ? inner.values.at(-1) : inner.items.at(-1);
  }
  const text = writeJson(node, layout);
  return closing === '' ? text : text.slice(0, -closing.length);
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
