/** Reads outgoing text as a model would: what stands in it, and whether what its notes say is there. Knows nothing of how they were made. */
import { type Block, messagesKey } from '../../src/block.ts';
import type { Rewriting } from '../../src/pipeline/pipeline.ts';

const note = /^\[… (?:(\d+)(?:-(\d+))?|(\d+)(?: (added|removed|unchanged))? lines?) as above: .*\]$/;
const marks: Readonly<Record<string, string>> = { added: '+', removed: '-', unchanged: ' ' };
const lineNumber = /^ *\d+(?:\t|→|\| |: |\. )/;

/** How many runs of lines the notes of a conversation leave out, and which of them stand neither above, as it goes out, nor in the text itself. */
export function readNotes(
  blocks: readonly Block[],
  { replacements, records }: Pick<Rewriting, 'replacements' | 'records'>,
): { readonly hidden: number; readonly gone: readonly (readonly string[])[] } {
  const texts = blocks.map((block, at) => replacements.get(at) ?? block.text);
  const recordOf = new Map(records.map((record) => [messagesKey(record.key), record]));
  const gone: string[][] = [];
  let hidden = 0;
  for (const [at, block] of blocks.entries()) {
    const { kind = '', form } = recordOf.get(messagesKey(block.key)) ?? {};
    // What members make of a text, and excerpts, are read back by their own tests.
    const isPlain = ['text', 'numbered-lines'].includes(kind) && form !== 'excerpt' && !/[\x1b\b\r]/.test(block.text);
    if (!isPlain || texts[at] === block.text) continue;
    const runs = hiddenRuns(block.text, texts[at] ?? '');
    const above = blocks
      .slice(0, at)
      .flatMap((earlier, n) => (earlier.source === 'call' ? stringsIn(earlier.call?.input) : [texts[n] ?? '']));
    hidden += runs.length;
    gone.push(...runs.filter((run) => ![...above, texts[at] ?? ''].some((text) => shows(text, run))));
  }
  return { hidden, gone };
}

/** Lines of the original that a note of the outgoing text stands for, note by note; the rest of the outgoing lines must be the original's. */
export function hiddenRuns(original: string, outgoing: string): string[][] {
  const lines = original.split('\n');
  const runs: string[][] = [];
  let at = 0;
  for (const line of outgoing.split('\n')) {
    const found = note.exec(line);
    if (!found) {
      const expected = lines[at++] ?? '';
      if (line !== expected && line !== bare(expected))
        throw new Error(`line ${at}: ${JSON.stringify(line)} is not ${JSON.stringify(expected)}`);
      continue;
    }
    const [, first, last, count, mark] = found;
    const length = count === undefined ? Number(last ?? first) - Number(first) + 1 : Number(count);
    const run = lines.slice(at, at + length).map((text) => {
      if (mark !== undefined && !text.startsWith(marks[mark] ?? '?')) throw new Error(`${line}: ${JSON.stringify(text)} is not marked so`);
      return mark === undefined ? text : text.slice(1);
    });
    if (first !== undefined && !run.every((text, n) => new RegExp(`^ *0*${Number(first) + n}\\D`).test(text)))
      throw new Error(`${line}: numbers differ`);
    runs.push(first === undefined ? run : run.map(bare));
    at += length;
  }
  if (at !== lines.length) throw new Error(`the notes leave ${lines.length - at} lines unaccounted for`);
  return runs;
}

/** True where the lines stand one after the other in a text, line numbers set aside. */
export function shows(text: string, run: readonly string[]): boolean {
  const lines = text.split('\n');
  for (let at = 0; at + run.length <= lines.length; at++)
    if (run.every((line, n) => lines[at + n] === line || bare(lines[at + n] ?? '') === line)) return true;
  return false;
}

function bare(line: string): string {
  return line.replace(lineNumber, '');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
