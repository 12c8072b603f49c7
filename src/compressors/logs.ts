/**
 * Logs of services, containers and systems: what all lines repeat (the date, the container, a message said again) once, as a form that
 * loses nothing; of big ones the errors, warnings and stack traces, the first line of each shape, both ends, and counts of the rest.
 * Not the logs of builds and tests.
 */

import type { ToolCall } from '../block.ts';
import { findAsked } from '../text/asked-words.ts';
import { linesOf } from '../text/lines-of.ts';
import { commandOf, namesLog, pathOf, showsFiles } from '../text/tool-call.ts';
import type { Compressor, Excerpt, SmallerText, TextToShrink } from './compressor.ts';
import { isHeading, readHeadings, writeHeadings } from './logs/log-headings.ts';
import { beginsWithLevel, isTrouble, type LogLine, readLogLine } from './logs/log-line.ts';
import { shapeOf, tellShapes, wordingOf } from './logs/log-shapes.ts';
import { keepFrames, readFrames, tellFrames } from './stack-frames.ts';

const logCommand =
  /\b(?:docker|podman|nerdctl|docker-compose|compose|kubectl|oc|k|heroku|fly|flyctl|pm2|railway|vercel|wrangler|service)\b[^\n;&|]*\blogs?\b|\b(?:journalctl|dmesg|stern|rsync|logcat)\b|\btail\s+(?:-\S+\s+)*-[fF]/;

/** Lines that must be there, and how many of all lines must begin as lines of logs do. */
const leastLines = 6;
const leastShare = 0.5;

export const logs: Compressor = {
  kind: 'logs',
  lever: 'log prefixes',
  claim: ({ text, call }) => {
    const isAsked = isAskedFor(call);
    // What a file holds is a log only where its name says so: agents edit by exact text.
    if (showsFiles(call) && !isAsked) return 0;
    const { entries, all } = countEntries(withoutColours(text, call));
    if (entries < leastLines || entries < all * (isAsked ? leastShare / 2 : leastShare)) return 0;
    // Objects of JSON, one to a line, are another member's; this one is asked where that gives up.
    return text.startsWith('{') ? 0.55 : isAsked ? 0.85 : 0.6;
  },
  shrink: (input) => smallerOf(input, true)?.form,
  excerpt: (input) => excerptOf(input),
};

/** True for calls that ask for a log by its command or its name. */
function isAskedFor(call: ToolCall | undefined): boolean {
  return logCommand.test(commandOf(call) ?? pathOf(call) ?? '') || namesLog(call);
}

/** Lines that begin with a time or a level, of those that are not blank and not indented below one that does. */
function countEntries(text: string): { entries: number; all: number } {
  let entries = 0;
  let all = 0;
  for (const line of linesOf(text).slice(0, 4000)) {
    if (readLogLine(line) || beginsWithLevel(line)) entries++;
    else if (line.trim() === '' || (entries > 0 && /^\s/.test(line))) continue;
    all++;
  }
  return { entries, all };
}

/** Where a screen was cleared as well, the cleaner of terminals leaves the colours; in what a file holds they are content. */
function withoutColours(text: string, call: ToolCall | undefined): string {
  return text.includes('\x1b[') && !showsFiles(call) ? text.replace(/\x1b\[[\d;:]*m/g, '') : text;
}

function smallerOf({ text, call }: TextToShrink, dittos: boolean): { form: SmallerText; hasHeadings: boolean } | undefined {
  const plain = withoutColours(text, call);
  const written = writeHeadings(linesOf(plain), dittos)?.join('\n');
  const hasHeadings = written !== undefined && written.length < plain.length;
  if (plain !== text) return { form: { text: hasHeadings ? written : plain, form: 'same-to-the-eye' }, hasHeadings };
  if (!hasHeadings) return undefined;
  const inverse = (shown: string): string => readHeadings(shown.split('\n')).join('\n');
  return { form: { text: written, form: 'invertible', inverse }, hasHeadings };
}

const firstLines = 4;
const lastLines = 10;
/** How often the very same trouble is shown, and how many lines may be shown because they are the first of their shape or were asked for. */
const mostSame = 2;
const mostWordings = 120;
const mostAsked = 30;
/** The share of lines of their own wording above which a text with times does not repeat itself: a transcript, perhaps, where no log was asked for. */
const mostDifferent = 0.85;
const mostDifferentByChance = 0.6;

function excerptOf(input: TextToShrink): Excerpt | undefined {
  const lines = linesOf(withoutColours(input.text, input.call));
  const read = lines.map(readLogLine);
  const wordings = lines.map((line, at) => wordingOf(line, read[at]));
  const different = new Set(wordings).size;
  if (different > lines.length * (isAskedFor(input.call) ? mostDifferent : mostDifferentByChance)) return undefined;
  const shapes = lines.map((line, at) => shapeOf(line, read[at]));
  const frames = readFrames(lines);
  const keeps = lines.map((_, at) => at < firstLines || at >= lines.length - lastLines);
  keepTrouble(lines, read, keeps);
  keepFirstOf(different <= mostWordings ? wordings : shapes, keeps);
  keepAsked(lines, input.asked, keeps);
  keepFrames(frames, keeps);
  const tell = (from: number, until: number): string | undefined => tellFrames(frames, from, until) ?? tellShapes(shapes, from, until);
  const smaller = smallerOf(input, false);
  if (!smaller) return { keeps, tell };
  return smaller.hasHeadings ? underHeadings(smaller.form, keeps, tell) : { of: smaller.form, keeps, tell };
}

/** The same excerpt of the form with headings: each of them stays where a line that it stands before stays. */
function underHeadings(of: SmallerText, keeps: readonly boolean[], tell: (from: number, until: number) => string | undefined): Excerpt {
  const places: number[] = [];
  const shown: boolean[] = [];
  let place = 0;
  let heading = -1;
  for (const [at, line] of of.text.split('\n').entries()) {
    places.push(place);
    if (isHeading(line)) {
      heading = at;
      shown.push(false);
      continue;
    }
    const isKept = keeps[place] ?? true;
    if (isKept && heading >= 0) shown[heading] = true;
    shown.push(isKept);
    place++;
  }
  return { of, keeps: shown, tell: (from, until) => tell(places[from] ?? 0, places[until] ?? place) };
}

/** Every error and warning, what stands below it, and the line before; the very same again only the first times and the last. */
function keepTrouble(lines: readonly string[], read: readonly (LogLine | undefined)[], keeps: boolean[]): void {
  const seen = new Map<string, number[]>();
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (!isTrouble(line)) continue;
    const said = read[at]?.rest ?? line;
    const places = seen.get(said);
    if (places) places.push(at);
    else seen.set(said, [at]);
  }
  const isShownBelow = new Set<number>();
  for (const places of seen.values()) {
    for (const [n, at] of places.entries()) {
      if (n >= mostSame && n < places.length - 1) continue;
      keeps[at] = true;
      if (n === 0 && at > 0) keeps[at - 1] = true;
      // Where another one stands above the same lines, they are all shown already.
      for (let below = at + 1; below < lines.length && !isShownBelow.has(below) && isBelow(lines, read, below); below++) {
        keeps[below] = true;
        isShownBelow.add(below);
      }
    }
  }
}

/** Lines that go on with what the line above said: a stack trace, a second line of a message. */
function isBelow(lines: readonly string[], read: readonly (LogLine | undefined)[], at: number): boolean {
  const line = lines[at] ?? '';
  return read[at] === undefined && !beginsWithLevel(line) && line.trim() !== '';
}

/** A log of few wordings shows each of them, any other each of its shapes. */
function keepFirstOf(shapes: readonly string[], keeps: boolean[]): void {
  const seen = new Set<string>();
  for (const [at, shape] of shapes.entries()) {
    if (seen.size === mostWordings) return;
    if (shape === '' || seen.has(shape)) continue;
    seen.add(shape);
    keeps[at] = true;
  }
}

function keepAsked(lines: readonly string[], asked: string | undefined, keeps: boolean[]): void {
  const isAsked = findAsked(asked);
  const places = isAsked ? lines.flatMap((line, at) => (isAsked(line) ? [at] : [])) : [];
  if (places.length <= Math.max(3, Math.min(mostAsked, lines.length / 5))) for (const at of places) keeps[at] = true;
}
