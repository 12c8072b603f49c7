/** A text with JSON in it as a text with outlines in it, and back. Text around the JSON stays as it is. */
import { readDocument, spellDocument } from './json-document.ts';
import { findSpans } from './json-spans.ts';
import { type Promote, shiftTable, type WrittenTable } from './json-write.ts';

export interface WrittenText {
  readonly lines: readonly string[];
  readonly tables: readonly WrittenTable[];
}

const end = 'end of JSON';
const cutOff = 'end of JSON that can be read; the rest of the text as it is:';

/** Undefined where there is no JSON, or where it does not get smaller. */
export function writeText(text: string, promote?: Promote): WrittenText | undefined {
  const spans = findSpans(text);
  if (spans.length === 0) return undefined;
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => line !== '');
  const written: string[] = [];
  const tables: WrittenTable[] = [];
  let at = 0;
  let hasChanged = false;
  for (const { from, until, document, rest } of spans) {
    for (; at < from; at++) written.push(lines[at] ?? '');
    at = until;
    const outline = spellDocument(document, promote);
    if (unitsOf(outline.lines, 0, outline.lines.length) > (unitsOf(lines, from, until) - (rest?.length ?? 0)) * 0.95) {
      for (let line = from; line < until; line++) written.push(lines[line] ?? '');
      continue;
    }
    hasChanged = true;
    for (const table of outline.tables) tables.push(shiftTable(table, written.length));
    for (const line of outline.lines) written.push(line);
    if (rest !== undefined) for (const line of [cutOff, ...rest.split('\n')]) written.push(line);
    else if (until <= last) written.push(end);
  }
  for (; at < lines.length; at++) written.push(lines[at] ?? '');
  return hasChanged ? { lines: written, tables } : undefined;
}

export function readText(text: string): string {
  const lines = text.split('\n');
  const read: string[] = [];
  const cursor = { lines, at: 0 };
  while (cursor.at < lines.length) {
    const start = cursor.at;
    const json = readDocument(cursor);
    if (json === undefined) {
      read.push(lines[start] ?? '');
      cursor.at = start + 1;
    } else {
      if (lines[cursor.at] === cutOff) return [...read, json + lines.slice(cursor.at + 1).join('\n')].join('\n');
      read.push(json);
      if (lines[cursor.at] === end) cursor.at++;
    }
  }
  return read.join('\n');
}

function unitsOf(lines: readonly string[], from: number, until: number): number {
  let units = 0;
  for (let at = from; at < until; at++) units += (lines[at]?.length ?? 0) + 1;
  return units;
}
