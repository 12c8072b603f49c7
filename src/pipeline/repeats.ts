/**
 * Finds the runs of lines in a text that the conversation already shows, in earlier blocks or further up in the same text, and shows
 * the rest. Which runs pay is decided here; how they are written, in `layout`.
 */
import { type DiffMark, readDiffMarks } from '../text/diff-lines.ts';
import { isEnvelopeHead } from '../text/json-envelope.ts';
import type { NumberedText } from '../text/numbered.ts';
import { isNote, type Reference, repeatNote } from './note.ts';
import type { Steps } from './steps.ts';
import { longLine, type Match, type VisibleLines, type VisibleText } from './visible-lines.ts';

/** A run of lines of the present text that stands above. */
export interface Repeat {
  /** Index of its first line in the present text. */
  readonly from: number;
  readonly count: number;
  readonly note: string;
  /** Chain key of the block that shows the lines. */
  readonly source: string;
  /** The lines as the source shows them. */
  readonly lines: readonly string[];
}

/** About 150,000 tokens: what is further back is shown again. */
const reach = 600_000;
/**
 * Tokens that a note must be shorter than what it stands for: few where the same lines of a file are read again under the same numbers,
 * more where the eye must search. A text with a hole every few lines is cheap and hard to read.
 */
const leastSavedInPlace = 24;
const leastSaved = 40;
/** In a diff the change is the news: only runs of so many lines are left to what stands above. */
const leastMarkedLines = 5;
/** A run of more lines than this that does not pay is next to nothing; its parts are not tried one by one. */
const manyLines = 16;
/** Below this many UTF-16 units beside white space no run pays. */
const leastLength = 60;
const openingLength = 24;

/** Lines, or runs of them, that are looked at in one step: some 2 ms. */
const mostPerStep = 1024;

/** Finds the repeats of a text that `visible.open` has just begun, and shows its other lines there. */
export function* findRepeats(
  text: NumberedText,
  own: VisibleText,
  visible: VisibleLines,
  count: (text: string) => number,
): Steps<Repeat[]> {
  const { contents, numbers } = text;
  const ids = contents.map((content) => visible.intern(content));
  const marks = contents.some((content) => content.startsWith('@@ -')) ? readDiffMarks(contents) : [];
  /** Lines of hunks without their marks, as a file or an edit shows them. */
  const unmarked = marks.map((mark, at) => (mark === undefined ? -1 : visible.find((contents[at] ?? '').slice(1))));
  const repeats: Repeat[] = [];
  let from = 0;
  let until = 0;
  let nextTry = 0;
  for (let looked = 1; from < contents.length; looked++) {
    if (looked % mostPerStep === 0) yield;
    if (from >= until) until = stretchEnd(text, from);
    const repeat = repeatAt(from);
    if (repeat) {
      visible.hide();
      repeats.push(repeat);
      from += repeat.count;
    } else if (isNote(contents[from] ?? '')) {
      visible.hide();
      from++;
    } else {
      const number = numbers[from] ?? -1;
      visible.show({ content: contents[from] ?? '', number: number >= 0 ? number : from + 1, isNumbered: number >= 0 });
      from++;
    }
  }
  return repeats;

  function repeatAt(at: number): Repeat | undefined {
    if (at + 1 >= until && ((contents[at]?.length ?? 0) < longLine || isReminderEdge(contents[at] ?? ''))) return undefined;
    const number = numbers[at] ?? -1;
    const prefers = (place: number): boolean =>
      number >= 0 && visible.lineAt(place)?.isNumbered === true && visible.lineAt(place)?.number === number;
    if (at < nextTry) return undefined;
    const match = visible.longest(ids, at, until, { reach, prefers });
    const repeat = (match && worthNoting(at, match, number >= 0 ? number : undefined)) ?? markedRepeatAt(at, match?.count ?? 0);
    if (match && !repeat && match.count > manyLines) nextTry = at + match.count - 1;
    return repeat;
  }

  /** A run of a hunk, all added, removed or unchanged, that a file or an edit above shows without marks; only if it is longer than `least`. */
  function markedRepeatAt(at: number, least: number): Repeat | undefined {
    const mark = marks[at];
    if (mark === undefined || unmarked[at] === -1) return undefined;
    let end = at + 1;
    while (end < until && marks[end] === mark && unmarked[end] !== -1) end++;
    const match = end - at > least ? visible.longest(unmarked, at, end, { reach, prefers: () => false }) : undefined;
    return match && match.count > Math.max(least, leastMarkedLines - 1) ? worthNoting(at, match, undefined, mark) : undefined;
  }

  function worthNoting(at: number, match: Match, number: number | undefined, mark?: DiffMark): Repeat | undefined {
    const lines = contents.slice(at, at + match.count).map((line) => (mark === undefined ? line : line.slice(1)));
    if (lines.reduce((sum, line) => sum + line.trim().length, 0) < leastLength) return undefined;
    const source = visible.textAt(match.at);
    const reference = referenceTo(visible, match, source, own);
    const note = repeatNote(match.count, number, reference, mark);
    const isInPlace = reference.numbered && reference.from === number;
    if (count(lines.join('\n')) - count(note) < (isInPlace ? leastSavedInPlace : leastSaved)) return undefined;
    return { from: at, count: match.count, note, source: source.key, lines };
  }
}

/** How a command ended is never left to a note: what it says is true of this run only. */
const status = /^(Exit code|Process exited|Process running|Command (failed|exited|timed out))|\bexit(ed)? (with )?(code|status)\b/;

/** Claude Code puts reminders into results. Where one begins and ends is always shown: else it would read as output, or output as a part of it. */
function isReminderEdge(line: string): boolean {
  return line.includes('<system-reminder>') !== line.includes('</system-reminder>');
}

function isBarrier(line: string): boolean {
  return status.test(line) || isReminderEdge(line) || isEnvelopeHead(line) || isNote(line);
}

/** End of the stretch in which a run may stand: all lines numbered consecutively, or none numbered and none telling an exit status. */
function stretchEnd({ numbers, contents }: NumberedText, from: number): number {
  let end = from + 1;
  if ((numbers[from] ?? -1) >= 0) {
    while (end < numbers.length && numbers[end] === (numbers[end - 1] ?? 0) + 1) end++;
  } else if (!isBarrier(contents[from] ?? '')) {
    while (end < numbers.length && numbers[end] === -1 && !isBarrier(contents[end] ?? '')) end++;
  }
  return end;
}

/** A source's own numbers are given where they count on through the run; else the place, and how the run begins. */
function referenceTo(visible: VisibleLines, match: Match, source: VisibleText, own: VisibleText): Reference {
  const from = visible.lineAt(match.at)?.number ?? 0;
  let isNumbered = true;
  let opening: string | undefined;
  for (let n = 0; n < match.count; n++) {
    const line = visible.lineAt(match.at + n);
    if (!line?.isNumbered || line.number !== from + n) isNumbered = false;
    // A line of ours that folds others is no line to find them by.
    opening ??= folds.test(line?.content ?? '') ? undefined : tellingOf(line?.content ?? '');
  }
  const label = source.path !== undefined && source.path === own.path ? source.nearLabel : source.label;
  const part = source.key === own.key ? 'here' : source.part;
  return { label, part, from, numbered: isNumbered, opening: isNumbered ? undefined : opening };
}

/** What stands above lines that are told shorter, such as `[12 lines, each begins "web  | "]` and `src/store/:`. */
const folds = /^\[\d+ lines, each begins |^Each line below begins with |^Paths below |\/:?$/;

/** The beginning of a line as it can stand in a note (one line, nothing a terminal would act on); undefined where it says too little to find it by. */
function tellingOf(content: string): string | undefined {
  const opening = (content.trim().split(/[\p{Cc}\p{Zl}\p{Zp}]/u, 1)[0] ?? '').slice(0, openingLength).trimEnd();
  return /[\p{L}\p{N}].*[\p{L}\p{N}].*[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(opening) ? opening : undefined;
}
