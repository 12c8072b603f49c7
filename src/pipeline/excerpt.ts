/**
 * Writes an excerpt: the lines that a member wants shown, whole and in order, and notes that count what stands between them. What a member
 * says of a gap is put into its note; no member writes a line of its own.
 */
import type { Excerpt } from '../compressors/compressor.ts';
import { closingNote, gapNote } from './note.ts';

export interface WrittenExcerpt {
  readonly text: string;
  /** Lines, or rows, that are not shown. */
  readonly hidden: number;
  readonly unit: 'line' | 'row';
}

/** A gap must take more than its note: fewer lines than this are shown, unless they hold as much as a page, and so are fewer UTF-16 units. */
const leastLines = 3;
const leastUnits = 60;
const pageUnits = 2000;

export function writeExcerpt(text: string, { keeps, unit = 'line', tell }: Excerpt): WrittenExcerpt {
  const lines = text.split('\n');
  const written: string[] = [];
  let hidden = 0;
  for (let at = 0; at < lines.length; at++) {
    const until = keeps[at] === false ? gapEnd(keeps, at, lines.length) : at;
    if (unitsOf(lines, at, until) < (until - at < leastLines ? pageUnits : leastUnits)) {
      const end = Math.max(until, at + 1);
      for (; at < end; at++) written.push(lines[at] ?? '');
      at--;
      continue;
    }
    written.push(gapNote(until - at, unit, tell?.(at, until)));
    hidden += until - at;
    at = until - 1;
  }
  return { text: written.join('\n'), hidden, unit };
}

/** The excerpt as it goes out: its last line says how much is not shown and where the whole is. */
export function closeExcerpt({ text, hidden, unit }: WrittenExcerpt, path: string): string {
  return `${text}${text.endsWith('\n') ? '' : '\n'}${closingNote(hidden, unit, path)}`;
}

function gapEnd(keeps: readonly boolean[], from: number, length: number): number {
  let end = from;
  while (end < length && keeps[end] === false) end++;
  return end;
}

function unitsOf(lines: readonly string[], from: number, until: number): number {
  let units = 0;
  for (let at = from; at < until; at++) units += (lines[at]?.length ?? 0) + 1;
  return units;
}
