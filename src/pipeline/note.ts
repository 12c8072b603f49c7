/** Notes: what stands where text was left out. One form, one line: `[… what is not shown: where it is]`. */

/** Where lines that the model can already see stand. */
export interface Reference {
  /** Short name of the call whose result, or whose input, shows them. */
  readonly label: string;
  /** Line number in the source's own numbering, or the line's place (from 1) in a source without numbers. */
  readonly from: number;
  readonly numbered: boolean;
  /** Beginning of the first line, for sources without numbers. */
  readonly opening: string | undefined;
}

/** Any line of this shape is a note of ours; a text that holds one is never shrunk again. */
const note = /^\[… (?:(\d+)(?:-(\d+))?|(\d+) lines?) as above: .*\]$/;

/** `count` lines, in the present text numbered from `number` (or not numbered), stand at `reference`. */
export function repeatNote(count: number, number: number | undefined, reference: Reference): string {
  const what = number === undefined ? `${count} ${count === 1 ? 'line' : 'lines'}` : range(number, count);
  const sameNumbers = reference.numbered && reference.from === number;
  const where = sameNumbers ? '' : ` ${range(reference.from, count)}`;
  const opening = reference.opening === undefined ? '' : ` "${reference.opening}"`;
  return `[… ${what} as above: ${reference.label}${where}${opening}]`;
}

/** How many lines a note stands for and, where it says so, the number of the first; undefined where the line is no note. */
export function readNote(line: string): { count: number; number: number | undefined } | undefined {
  const found = note.exec(line);
  if (!found) return undefined;
  const [, first, last, count] = found;
  if (count !== undefined) return { count: Number(count), number: undefined };
  const number = Number(first);
  return { count: last === undefined ? 1 : Number(last) - number + 1, number };
}

/** True where a text already carries our notes. */
export function carriesNotes(text: string): boolean {
  return text.includes('[… ') && text.split('\n').some((line) => note.test(line));
}

function range(from: number, count: number): string {
  return count === 1 ? `${from}` : `${from}-${from + count - 1}`;
}
