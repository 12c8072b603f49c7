/** Lines of a text by number, each with its own ending, so that what is chosen can be written out as it was. */

export interface LineRange {
  readonly first: number;
  /** Infinity: to the end. */
  readonly last: number;
}

/** `5-20`, `5-`, `-20` or `5`; undefined for anything else, and for ranges that hold no line. */
export function parseLineRange(text: string): LineRange | undefined {
  const [, from, dash, to] = /^\s*(\d*)\s*(-?)\s*(\d*)\s*$/.exec(text) ?? [];
  if (from === undefined || (!from && !to)) return undefined;
  const first = from ? Number(from) : 1;
  const last = to ? Number(to) : dash ? Number.POSITIVE_INFINITY : first;
  return first >= 1 && last >= first ? { first, last } : undefined;
}

/** Every line with what ends it; none for an empty text. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
