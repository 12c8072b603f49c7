/** How a writer of JSON lays its values out: on one line or indented, and what stands after commas and colons. */

export interface JsonLayout {
  /** What one level is indented by; undefined: all on one line. */
  readonly indent: string | undefined;
  readonly comma: ',' | ', ';
  readonly colon: ':' | ': ';
}

export const compact: JsonLayout = { indent: undefined, comma: ',', colon: ':' };
export const spaced: JsonLayout = { indent: undefined, comma: ', ', colon: ': ' };

/** The layout that the first few values of a text show. */
export function layoutOf(json: string): JsonLayout {
  const indent = /^[[{]\n([ \t]+)\S/.exec(json.slice(0, 200))?.[1];
  if (indent !== undefined) return { indent, comma: ',', colon: ': ' };
  const spaces = { ':': false, ',': false };
  const pending = new Set([':', ',']);
  for (let at = 0; at < json.length && pending.size > 0; at++) {
    const unit = json[at] ?? '';
    if (unit === '"') {
      const end = literalEnd(json, at);
      if (end < 0) break;
      at = end - 1;
    } else if ((unit === ':' || unit === ',') && pending.delete(unit)) spaces[unit] = json[at + 1] === ' ';
  }
  return { indent: undefined, comma: spaces[','] ? ', ' : ',', colon: spaces[':'] ? ': ' : ':' };
}

/** Index after the string literal that begins at `from`, or -1. */
export function literalEnd(json: string, from: number): number {
  for (let at = from + 1; ; at++) {
    at = json.indexOf('"', at);
    if (at < 0) return -1;
    let backslashes = 0;
    while (json.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
}
