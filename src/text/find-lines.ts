/** Part of a text by range and words: lines as they are, each with its own ending and its number. Pure. */
import { type LineRange, linesOf } from './line-range.ts';

export interface FoundLine {
  /** From 1. */
  readonly number: number;
  /** With what ends it. */
  readonly line: string;
}

/** The words of a query: white space parts them, and case says nothing. */
export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** The lines in a range (all, where there is none) that hold every word. */
export function findLines(text: string, range: LineRange | undefined, words: readonly string[]): readonly FoundLine[] {
  const { first, last } = range ?? { first: 1, last: Number.POSITIVE_INFINITY };
  return linesOf(text)
    .slice(first - 1, last)
    .flatMap((line, at) => {
      const lower = words.length > 0 ? line.toLowerCase() : '';
      return words.every((each) => lower.includes(each)) ? [{ number: first + at, line }] : [];
    });
}
