/** Puts texts in place of JSON strings in a body: the one thing that changes a body. Every other byte stays as it came. */

/** The bytes `start..end` of the body are what stands between the quotes of a JSON string. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** With nothing to replace, the very same buffer. Replacements come in order and apart; else it throws, for half a splice is no body. */
export function splice(body: Buffer, replacements: readonly Replacement[]): Buffer {
  if (replacements.length === 0) return body;
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of replacements) {
    if (!(start >= at && end >= start && end <= body.length)) throw new RangeError(`spans out of order: ${start}..${end} after ${at}`);
    parts.push(body.subarray(at, start), Buffer.from(JSON.stringify(text).slice(1, -1)));
    at = end;
  }
  parts.push(body.subarray(at));
  return Buffer.concat(parts);
}
