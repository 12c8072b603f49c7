/** Where JSON stands in a text: values that begin and end with their lines, and runs of lines that are a value each. */

import { layoutOf } from '../../text/json-layout.ts';
import { parseJson } from '../../text/json-parse.ts';
import { spellingOfStrings } from '../../text/json-spelling.ts';
import { rememberLast } from '../../text/remember-last.ts';
import { type JsonDocument, parseCutDocument, parseDocument, parseLines } from './json-document.ts';

export interface JsonSpan {
  /** First line, and the one after the last. */
  readonly from: number;
  readonly until: number;
  readonly document: JsonDocument;
  /** Where the value breaks off: the text behind what is whole of it, which is no line of its own. */
  readonly rest?: string;
}

/** Shorter values are not worth a line that says what they are. */
const leastUnits = 200;
const leastLines = 3;
const leastOfCut = 1000;
/** Places at which a value seems to begin and does not: after so many, no more are tried. */
const mostFailures = 8;

/** The same text is asked for twice, for its form and for its excerpt. Not to be written to. */
export const findSpans: (text: string) => readonly JsonSpan[] = rememberLast(readSpans);

function readSpans(text: string): JsonSpan[] {
  const lines = text.split('\n');
  const spans: JsonSpan[] = [];
  let failures = 0;
  let isFenced = false;
  let offset = 0;
  for (let at = 0; at < lines.length && failures < mostFailures; at++) {
    const line = lines[at] ?? '';
    const from = at;
    // A sample in a page is there to be copied.
    if (/^\s*(?:```|~~~)/.test(line)) isFenced = !isFenced;
    else if (!isFenced && /^[[{]/.test(line)) {
      const span = /^[{].*\}$/.test(line) ? spanOfLines(lines, at) : undefined;
      const found = span ?? spanOfValue(text, offset, lines, at);
      if (found === undefined) {
        const cut = spanOfCut(text.slice(offset), at, lines.length);
        if (cut) return [...spans, cut];
        failures++;
      } else {
        at = found.until - 1;
        if (lengthOf(lines, from, found.until) >= leastUnits) spans.push(found);
      }
    }
    for (let passed = from; passed <= at; passed++) offset += (lines[passed]?.length ?? 0) + 1;
  }
  return spans;
}

function spanOfLines(lines: readonly string[], from: number): JsonSpan | undefined {
  let until = from;
  while (until < lines.length && /^\{.*\}$/.test(lines[until] ?? '')) until++;
  const document = until - from < leastLines ? undefined : parseLines(lines.slice(from, until));
  return document && { from, until, document };
}

function spanOfValue(text: string, offset: number, lines: readonly string[], from: number): JsonSpan | undefined {
  const line = lines[from] ?? '';
  const rest = text.slice(offset);
  // On one line, or indented from its first line on.
  const json = /[\]}]$/.test(line) && line.length > 2 ? line : /^[[{]$/.test(line) ? valueAt(rest) : undefined;
  const document = json === undefined ? undefined : parseDocument(json);
  return document && json !== undefined ? { from, until: from + json.split('\n').length, document } : undefined;
}

/** A value that breaks off somewhere; the rest of the text is left as it is. */
function spanOfCut(text: string, from: number, until: number): JsonSpan | undefined {
  if (text.length < leastOfCut) return undefined;
  const document = parseCutDocument(text);
  return document && document.end >= leastOfCut ? { from, until, document, rest: text.slice(document.end) } : undefined;
}

/** The value at the start of a text, where it ends with its line. */
function valueAt(text: string): string | undefined {
  const parsed = parseJson(text, 0, layoutOf(text), spellingOfStrings(''));
  if (!parsed || (parsed.end < text.length && text[parsed.end] !== '\n')) return undefined;
  return text.slice(0, parsed.end);
}

function lengthOf(lines: readonly string[], from: number, until: number): number {
  let units = 0;
  for (let at = from; at < until; at++) units += (lines[at]?.length ?? 0) + 1;
  return units;
}
