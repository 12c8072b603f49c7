/** Reads a run line by line with the families that are present in it, and says what is worth showing. Tests and builds come mixed, so both are read here. */

import { holdsWord } from '../../text/holds-word.ts';
import { linesOf } from '../../text/lines-of.ts';
import { rememberLast } from '../../text/remember-last.ts';
import { pipelines } from '../builds/builds-pipelines.ts';
import { buildSteps } from '../builds/builds-steps.ts';
import type { Excerpt, SmallerText } from '../compressor.ts';
import { goTests } from '../test-runs/test-runs-go.ts';
import { javascriptTests } from '../test-runs/test-runs-javascript.ts';
import { otherTests } from '../test-runs/test-runs-others.ts';
import { pythonTests } from '../test-runs/test-runs-python.ts';
import { groupDiagnostics, hasDiagnostics, ungroupDiagnostics } from './run-diagnostics.ts';
import { type Family, longestLine, markLines } from './run-family.ts';
import { markFrames } from './run-frames.ts';
import { filler, type Marks, tellOf } from './run-marks.ts';
import { foldPrefixes, hasPrefixes, prefixOfFold, unfoldPrefixes } from './run-prefixes.ts';
import { markRepeats, mayRepeat } from './run-repeats.ts';
import { drawWhiteSpace, hasDecoration, plainWhiteSpace, shortenDecoration } from './run-tidy.ts';

const families: readonly Family[] = [...javascriptTests, ...pythonTests, ...goTests, ...otherTests, ...buildSteps, ...pipelines];

/** How much of a text is looked at to tell which tools printed it: of its beginning, and twice that of its end. */
const glance = 8000;
const look = 24_000;

/** The families whose output a text holds, as far as its beginning and its end tell; `atAGlance`: where less must do. */
export function familiesIn(text: string, atAGlance = false): readonly Family[] {
  return atAGlance ? atGlance(text) : atLook(text);
}

const atGlance = rememberLast((text) => familiesWithin(text, glance));
const atLook = rememberLast((text) => familiesWithin(text, look));

function familiesWithin(text: string, size: number): readonly Family[] {
  const sample = text.length > 3 * size ? `${text.slice(0, size)}\n${text.slice(-2 * size)}` : text;
  const holds = holdsWord(sample);
  const likely = families.filter(({ words }) => words.some(holds));
  if (likely.length === 0) return [];
  const lines = sample.split('\n').map(withoutEnd);
  const plain = (hasPrefixes(sample) ? foldPrefixes(lines) : lines)
    .filter((line) => line.length <= longestLine)
    .map(withoutTime)
    .join('\n');
  return likely.filter(({ present }) => present.test(plain));
}

type Lines = readonly string[];

/** The smaller form of a run that loses nothing: each step is taken where what it wrote reads back. */
export const formsOf: (text: string) => readonly SmallerText[] = rememberLast(writeForms);

function writeForms(text: string): SmallerText[] {
  const lines = linesOf(text);
  let smaller: Lines = lines;
  const inverses: ((lines: Lines) => Lines)[] = [];
  const step = (written: Lines, inverse: (lines: Lines) => Lines): void => {
    if (written === smaller || !isSame(inverse(written), smaller)) return;
    smaller = written;
    inverses.unshift(inverse);
  };
  // What stands behind a prefix is reached once the prefix is gone.
  if (hasPrefixes(text)) step(foldPrefixes(smaller), unfoldPrefixes);
  if (text.includes('│ ')) step(plainWhiteSpace(smaller), drawWhiteSpace);
  const tidied = hasDecoration(text) ? shortenDecoration(smaller) : smaller;
  const isTidied = tidied !== smaller;
  smaller = tidied;
  if (hasDiagnostics(text)) step(groupDiagnostics(smaller), ungroupDiagnostics);
  if (smaller === lines) return [];
  const written = smaller.join('\n');
  if (written.length >= text.length) return [];
  if (isTidied) return [{ text: written, form: 'same-to-the-eye' }];
  const inverse = (given: string): string => inverses.reduce<Lines>((read, back) => back(read), given.split('\n')).join('\n');
  return [{ text: written, form: 'invertible', inverse }];
}

function isSame(one: Lines, other: Lines): boolean {
  return one === other || (one.length === other.length && one.every((line, at) => line === other[at]));
}

/** A big run without its noise; undefined where there is none. */
export const excerptRun: (text: string) => Excerpt | undefined = rememberLast(writeExcerpt);

function writeExcerpt(text: string): Excerpt | undefined {
  const found = familiesIn(text);
  const [of] = formsOf(text);
  const base = of?.text ?? text;
  const lines = readable(base.split('\n'));
  const marks = readRun(base, lines, found);
  if (!marks.some((mark) => mark !== undefined)) return undefined;
  return { ...(of ? { of } : {}), keeps: marks.map((mark) => mark === undefined), tell: (from, until) => tellOf(marks, from, until) };
}

/** Lines as the families know them: without the time before them, and whole where it is the name of a test that was folded. */
function readable(lines: Lines): string[] {
  let prefix = '';
  return lines.map((line) => {
    const folded = prefixOfFold(line);
    if (folded !== undefined) prefix = folded;
    if (folded !== undefined) return line;
    return withoutTime(withoutEnd(prefix.endsWith('::') ? prefix + line : line));
  });
}

function readRun(text: string, lines: readonly string[], found: readonly Family[]): Marks {
  const rows = found.flatMap((family) => family.rows);
  const marks = markLines(lines, rows);
  for (const { refine } of found) refine?.(lines, marks);
  if (mayRepeat(text)) markRepeats(lines, marks);
  markFrames(text, lines, marks);
  showProblems(lines, marks);
  hideFolds(lines, marks);
  hideBlanks(lines, marks);
  return marks;
}

const problem =
  /\b(?:errors?|fail(?:ed|ure|ures|ing)?|warn(?:ing|ings)?|fatal|panic(?:ked)?|exception|critical|severe|deprecated|denied|timed out)\b|[✖✗×⚠]/i;

/** Source beside an error, behind its line number. */
const quoted = /^\s*>?\s*\d+ \|/;

/** What speaks of a problem is shown though it stands among noise, once where it says the same again; and so is the step before something that is shown. */
function showProblems(lines: readonly string[], marks: Marks): void {
  const shown = new Set<string>();
  for (let at = 0; at < lines.length; at++) {
    const [noise] = marks[at]?.[0] ?? [];
    if (!noise?.isGuarded) continue;
    const line = lines[at] ?? '';
    if (line.length > longestLine) marks[at] = undefined;
    else if (!quoted.test(line) && problem.test(line.replace(/ -W\S+/g, ''))) {
      const said = line.replace(/\d+/g, '0');
      if (!shown.has(said)) showWithTitle(lines, marks, at);
      shown.add(said);
    }
  }
  for (let at = 0; at + 1 < lines.length; at++) {
    const [noise] = marks[at]?.[0] ?? [];
    if (noise?.isStep && marks[at + 1] === undefined && (lines[at + 1] ?? '') !== '') marks[at] = undefined;
  }
}

/** A line, and what says whose it is: the title of the output that it stands in, as vitest and jest print it. */
function showWithTitle(lines: readonly string[], marks: Marks, at: number): void {
  marks[at] = undefined;
  for (let above = at - 1; above >= Math.max(0, at - mostOutput) && marks[above] !== undefined; above--) {
    if (!title.test((lines[above] ?? '').slice(0, longestLine))) continue;
    marks[above] = undefined;
    return;
  }
}

const title = /^(?:(?:stdout|stderr) \| \S| {2}console\.\w+$)/;
const mostOutput = 20;

/** What is said above folded lines goes where none of them is shown; that lines are complete again stays where what is shown above them was folded. */
function hideFolds(lines: readonly string[], marks: Marks): void {
  let shown = '';
  for (let at = 0; at < lines.length; ) {
    const prefix = prefixOfFold(lines[at] ?? '');
    let end = at + 1;
    while (end < lines.length && prefixOfFold(lines[end] ?? '') === undefined) end++;
    if (prefix === '') {
      if (shown === '') marks[at] = filler;
      shown = '';
    } else if (prefix !== undefined) {
      if (end > at + 1 && marks.slice(at + 1, end).every((mark) => mark !== undefined)) marks[at] = filler;
      else shown = prefix;
    }
    at = end;
  }
}

/** A blank line between two that are not shown is not shown. */
function hideBlanks(lines: readonly string[], marks: Marks): void {
  let last = -1;
  for (let at = 0; at < lines.length; at++) {
    if ((lines[at] ?? '') === '' && marks[at] === undefined) continue;
    if (marks[at] !== undefined && last >= 0 && marks[last] !== undefined)
      for (let blank = last + 1; blank < at; blank++) marks[blank] = filler;
    last = at;
  }
}

function withoutEnd(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The time in front of a line of a GitHub Actions log, whole or what folding left of it. */
function withoutTime(line: string): string {
  return /^[\d:.T-]/.test(line) ? line.replace(/^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:)?\d\d\.\d{6,7}Z ?/, '') : line;
}
