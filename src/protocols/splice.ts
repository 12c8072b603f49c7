/** Puts texts in place of JSON strings in a body: the one thing that changes a body. Every other byte stays as it came. */
import { BoundedMap } from '../text/bounded-map.ts';

/** The bytes `start..end` of the body are what stands between the quotes of a JSON string. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** With nothing to replace, the very same buffer. Replacements come in order and apart; else it throws, for half a splice is no body. */
export function splice(body: Buffer, replacements: readonly Replacement[]): Buffer {
  if (replacements.length === 0) return body;
  let size = body.length;
  let behind = 0;
  const spellings = replacements.map(({ start, end, text }) => {
    if (!(start >= behind && end >= start && end <= body.length))
      throw new RangeError(`spans out of order: ${start}..${end} after ${behind}`);
    behind = end;
    const spelling = spell(text);
    size += spelling.length - (end - start);
    return spelling;
  });
  const spliced = Buffer.allocUnsafeSlow(size);
  let from = 0;
  let to = 0;
  for (const [at, { start, end }] of replacements.entries()) {
    to += body.copy(spliced, to, from, start);
    to += spellings[at]!.copy(spliced, to);
    from = end;
  }
  body.copy(spliced, to, from);
  return spliced;
}

/** A conversation sends the same texts with every request, and spelling them is most of the work; remembering changes no result. */
const spelled = new BoundedMap<Buffer>(16 * 1024 * 1024);

/** The text as it stands between the quotes of a JSON string. */
function spell(text: string): Buffer {
  const known = spelled.get(text);
  if (known) return known;
  const spelling = Buffer.from(JSON.stringify(text).slice(1, -1));
  spelled.set(text, spelling, spelling.length + 2 * text.length);
  return spelling;
}
