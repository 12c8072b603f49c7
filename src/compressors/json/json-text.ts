/** A text with JSON in it as a text with outlines in it, and back. Text around the JSON stays as it is. */
import { type JsonScalar, writeJson } from '../../text/json-node.ts';
import { writeLiteral } from '../../text/json-spelling.ts';
import { parseDocument, readDocument, readEscapes, sayEscapes, spellDocument } from './json-document.ts';
import { findSpans } from './json-spans.ts';
import { type Promote, shiftTable, type WrittenTable } from './json-write.ts';

export interface WrittenText {
  readonly lines: readonly string[];
  readonly tables: readonly WrittenTable[];
}

const end = 'end of JSON';
const cutOff = 'end of JSON that can be read; the rest of the text as it is:';
const below = 'the text below';
const markerPattern = /the text below(?: \(([^)]*)\))?/;

/** Undefined where there is no JSON, or where it does not get smaller. */
export function writeText(text: string, promote?: Promote): WrittenText | undefined {
  return writeEnvelope(text, promote) ?? writeSpans(text, promote);
}

export function readText(text: string): string {
  return readEnvelope(text) ?? readSpans(text.split('\n'));
}

/** An object whose main part is one long text, such as `{"stdout": "..."}`: its other members on one line, then the text as it is. */
function writeEnvelope(text: string, promote: Promote | undefined): WrittenText | undefined {
  const [line = '', ...after] = text.trimEnd() === text.split('\n', 1)[0] ? text.split('\n') : [];
  const document = /^\{.*\}$/.test(line) ? parseDocument(line) : undefined;
  if (document?.root.type !== 'object') return undefined;
  const { root, notation } = document;
  const longest = longestText(root.values.filter((value) => value.type === 'scalar'));
  if (longest?.text === undefined || longest.raw.length < line.length / 2 || !/\n|^[[{]/.test(longest.text)) return undefined;
  const said = sayEscapes(notation.strings);
  const marker = said === '' ? below : `${below} (${said})`;
  const values = root.values.map((value) => (value === longest ? { type: 'scalar' as const, raw: marker } : value));
  const head = writeJson({ ...root, values }, notation.layout);
  const inner = writeText(longest.text, promote) ?? { lines: longest.text.split('\n'), tables: [] };
  const lines = [head, ...inner.lines, ...(after.length > 0 ? [end, ...after] : [])];
  return { lines, tables: inner.tables.map((table) => shiftTable(table, 1)) };
}

function readEnvelope(text: string): string | undefined {
  const [head = '', ...lines] = text.split('\n');
  const marker = /^\{.*\}$/.test(head) ? markerPattern.exec(head) : null;
  if (!marker) return undefined;
  const last = lines.lastIndexOf(end);
  const inner = readText((last < 0 ? lines : lines.slice(0, last)).join('\n'));
  const rest = last < 0 ? '' : `\n${lines.slice(last + 1).join('\n')}`;
  return head.replace(marker[0], () => writeLiteral(inner, readEscapes(marker[1] ?? ''))) + rest;
}

function writeSpans(text: string, promote: Promote | undefined): WrittenText | undefined {
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

function readSpans(lines: readonly string[]): string {
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

function longestText(values: readonly JsonScalar[]): JsonScalar | undefined {
  return values.reduce<JsonScalar | undefined>((best, value) => (best && best.raw.length >= value.raw.length ? best : value), undefined);
}

function unitsOf(lines: readonly string[], from: number, until: number): number {
  let units = 0;
  for (let at = from; at < until; at++) units += (lines[at]?.length ?? 0) + 1;
  return units;
}
