/** Notes: what stands where text was left out. One form, one line: `[… what is not shown: where it is]`. */

import type { DiffMark } from '../text/diff-lines.ts';

/** Where lines that the model can already see stand. */
export interface Reference {
  /** Short name of the call, or `message`. */
  readonly label: string;
  /** What of it shows them; `here`: the text that holds the note, further up. */
  readonly part: 'output' | 'input' | 'text' | 'here';
  /** Line number as the source numbers its lines, or the line's place (from 1) in a source without numbers. */
  readonly from: number;
  readonly numbered: boolean;
  /** Beginning of the first line that says something, for sources without numbers. */
  readonly opening: string | undefined;
}

/** A repeat. */
const note = /^\[… (?:(\d+)(?:-(\d+))?|(\d+)(?: (added|removed|unchanged))? lines?) as above: .*\]$/;
/** Any line of this shape is a note of ours; a text that holds one is never shrunk again. */
const anyNote = /^\[… \d+(-\d+)?( (added |removed |unchanged )?lines?| rows?)?( as above:|:|\]| not shown).*$/;

/** `count` lines, in the present text numbered from `number` (or not numbered, or marked in a diff), stand at `reference`. */
export function repeatNote(count: number, number: number | undefined, reference: Reference, mark?: DiffMark): string {
  const lines = `${mark === undefined ? '' : `${mark} `}${count === 1 ? 'line' : 'lines'}`;
  const what = number === undefined ? `${count} ${lines}` : range(number, count);
  return `[… ${what} as above: ${place(count, number, reference)}]`;
}

/** Numbers that a source shows are its own; a place in a source without numbers is said to be one, or it would be read as a line of the file. */
function place(count: number, number: number | undefined, { label, part, from, numbered, opening }: Reference): string {
  const lines = count === 1 ? 'line' : 'lines';
  const begins = opening === undefined ? '' : `: ${opening}`;
  if (part === 'here') return `${lines} ${range(from, count)} here${begins}`;
  if (numbered) return from === number ? label : `${label} ${range(from, count)}`;
  return `${label}, ${part === 'text' ? '' : `${part} `}${lines} ${range(from, count)}${begins}`;
}

/** `count` lines that are not shown; `about`: what they hold. */
export function gapNote(count: number, unit: 'line' | 'row', about: string | undefined): string {
  const said = about === undefined ? '' : `: ${about.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`;
  return `[… ${amount(count, unit)}${said}]`;
}

/** The last line of an excerpt. */
export function closingNote(hidden: number, unit: 'line' | 'row', path: string): string {
  return `[… ${amount(hidden, unit)} not shown, full text: ${path}]`;
}

export interface RepeatNote {
  /** How many lines it stands for. */
  readonly count: number;
  /** Number of the first, where they are numbered. */
  readonly number: number | undefined;
  /** How a diff marks them, where they stand in one. */
  readonly mark: DiffMark | undefined;
}

/** What the note of a repeat says of the text it stands in; undefined where the line is none. */
export function readNote(line: string): RepeatNote | undefined {
  const found = note.exec(line);
  if (!found) return undefined;
  const [, first, last, count, mark] = found;
  if (count !== undefined) return { count: Number(count), number: undefined, mark: mark as DiffMark | undefined };
  const number = Number(first);
  return { count: last === undefined ? 1 : Number(last) - number + 1, number, mark: undefined };
}

/** True where a text already carries our notes. */
export function carriesNotes(text: string): boolean {
  return text.includes('[… ') && text.split('\n').some(isNote);
}

/** True for a line that is a note of ours, whichever. */
export function isNote(line: string): boolean {
  return anyNote.test(line) && line.endsWith(']');
}

function amount(count: number, unit: 'line' | 'row'): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function range(from: number, count: number): string {
  return count === 1 ? `${from}` : `${from}-${from + count - 1}`;
}
