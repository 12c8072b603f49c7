/**
 * Runs of lines that begin alike, as task runners and log collectors write them (`@shop/core test: ok 1`, `web-1  | GET /`): the beginning
 * once, above its lines. For whatever nobody else knows; never for what a file holds.
 */
import { linesOf } from '../text/lines-of.ts';
import { showsFiles } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';

const header = /^\[(\d+) lines, each begins "(.+)"\]$/;
/**
 * Where a beginning may end: behind a colon, a bar or a bracket and one space, or behind a long folder. What follows may be indented, and
 * stays so.
 */
const ends = /[:|>\]] |[\\/](?<=^.{30,})/g;
const mostLength = 200;
/** UTF-16 units that a run must give back beyond its header. */
const leastGain = 120;

export const sharedBeginnings: Compressor = {
  kind: 'prefixed-lines',
  lever: 'shared beginnings',
  claim: ({ text, call }) => (text.length > 400 && !showsFiles(call) ? 0.5 : 0),
  shrink: ({ text }) => {
    const lines = linesOf(text);
    if (lines.some((line) => line.startsWith('[') && header.test(line))) return undefined;
    const folded = fold(lines);
    return folded && { text: folded.join('\n'), form: 'invertible', inverse: (given) => unfold(given.split('\n')).join('\n') };
  },
};

/** Undefined where no run pays. */
function fold(lines: readonly string[]): string[] | undefined {
  const folded: string[] = [];
  let isFolded = false;
  for (let at = 0; at < lines.length; ) {
    const run = longestRun(lines, at);
    if (!run) {
      folded.push(lines[at++] ?? '');
      continue;
    }
    folded.push(`[${run.count} lines, each begins "${run.beginning}"]`);
    for (const end = at + run.count; at < end; at++) folded.push((lines[at] ?? '').slice(run.beginning.length));
    isFolded = true;
  }
  return isFolded ? folded : undefined;
}

interface Run {
  readonly beginning: string;
  readonly count: number;
}

/** The run from here that gives back most. A line is looked at once for each beginning of the line that opens its run. */
function longestRun(lines: readonly string[], from: number): Run | undefined {
  const line = lines[from] ?? '';
  let best: Run | undefined;
  let bestGain = leastGain;
  for (const found of line.slice(0, mostLength).matchAll(ends)) {
    const beginning = line.slice(0, found.index + found[0].length);
    if (!/[\p{L}\p{N}].*[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(beginning) || /["\p{Cc}]/u.test(beginning)) continue;
    // Most lines open no run: the next three tell.
    if (!lines[from + 3]?.startsWith(beginning)) break;
    let count = 1;
    while (lines[from + count]?.startsWith(beginning)) count++;
    const gain = beginning.length * count - beginning.length - 30;
    if (gain <= bestGain) continue;
    best = { beginning, count };
    bestGain = gain;
  }
  return best;
}

function unfold(lines: readonly string[]): string[] {
  const unfolded: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const found = header.exec(lines[at] ?? '');
    if (!found) {
      unfolded.push(lines[at++] ?? '');
      continue;
    }
    const [, count, beginning = ''] = found;
    for (const end = ++at + Number(count); at < end; at++) unfolded.push(beginning + (lines[at] ?? ''));
  }
  return unfolded;
}
