/**
 * What to show of old results at a cold moment, when the provider holds nothing of the conversation and every byte is billed again anyway.
 * A plan from the blocks alone: which results, and which of their lines. Originals, notes' paths and whether it pays are the pipeline's.
 *
 * Two rules, so that nothing goes which a later call would copy. What the agent's own calls wrote out later need not stand in the result
 * as well. And of output of commands, of pages and of what a later result supersedes, once many calls have copied nothing from it, only the
 * ends stay, the lines that tell how it went, and those that alone show a path or an identifier. What files hold, searches, listings and
 * reports stay as they are: agents quote them long after.
 */
import type { Block } from '../block.ts';
import { reasonToLeave } from './choose.ts';
import { CopiedPieces } from './cold/copied-pieces.ts';
import { ShownNames } from './cold/names.ts';
import { findResults, type OldResult } from './cold/old-results.ts';
import { findUnresolved, mostTelling, tellsOutcome } from './cold/outcome.ts';
import { findQuoted } from './cold/quoted.ts';
import { ShownLines } from './cold/shown-lines.ts';
import { findSuperseded } from './cold/superseded.ts';
import { textsIn } from './cold/texts-in.ts';
import { isWorth, lookAhead } from './cold/worth.ts';
import { WrittenOut } from './cold/written-out.ts';
import { type WrittenExcerpt, writeExcerpt } from './excerpt.ts';

/** So many of the newest results stay whole. */
const newest = 6;
/** So many results later, what no call between has copied from is over and done with. */
const lately = 30;
/** Lines that stay at either end, whatever they say; of a page more, for of it no names are kept: it can be fetched again. */
const ends = { first: 2, last: 2 };
const endsOfPage = { first: 6, last: 4 };
/** A text this long, in UTF-16 units, may go out as an excerpt, and its names with it. */
const mostSure = 8000;

/** Results by index, each with what stays of it. Linear in the text. */
export function planCold(blocks: readonly Block[]): ReadonlyMap<number, WrittenExcerpt> {
  const results = findResults(blocks);
  const old = findOld(blocks, results);
  const done = findDone(blocks, results, old);
  const shown = showOthers(blocks, old, done);
  const copied = copiedLately(blocks, results, done);
  const written = new WrittenOut(blocks);
  const outlook = lookAhead(blocks);
  const plan = new Map<number, WrittenExcerpt>();
  // From the newest: of what several results name, the last one keeps showing it.
  for (const result of [...old].reverse()) {
    const { at, text } = result;
    const isElsewhere = written.linesAfter(at, text);
    const excerpt = (done.has(result) ? tellShorter(result, isElsewhere) : undefined) ?? leaveOut(text, isElsewhere);
    if (excerpt) plan.set(at, excerpt);
    const goesOut = excerpt?.text ?? text;
    if (done.has(result)) shown.names.add(goesOut);
    shown.lines.add(goesOut);
  }
  return plan;

  function tellShorter(result: OldResult, isElsewhere: readonly boolean[]): WrittenExcerpt | undefined {
    const keeps = keptLines(result, shown.names).map((isKept, at) => isKept && !isElsewhere[at]);
    if (copied.isAnyIn(result.text, keeps)) return undefined;
    const excerpt = writeExcerpt(result.text, { keeps });
    const saved = result.text.length - excerpt.text.length - shown.lines.unitsElsewhere(result.text, keeps);
    return excerpt.hidden > 0 && isWorth(result, saved, outlook) ? excerpt : undefined;
  }

  function leaveOut(text: string, isElsewhere: readonly boolean[]): WrittenExcerpt | undefined {
    if (!isElsewhere.includes(true)) return undefined;
    const keeps = isElsewhere.map((is) => !is);
    const excerpt = writeExcerpt(text, { keeps });
    return text.length - excerpt.text.length > shown.lines.unitsElsewhere(text, keeps) ? excerpt : undefined;
  }
}

/** What may be told shorter at all, oldest first: no errors that are unresolved, and nothing that somebody quoted. */
function findOld(blocks: readonly Block[], results: readonly OldResult[]): OldResult[] {
  const kept = [findUnresolved(results), findQuoted(blocks, results)];
  return results
    .slice(0, -newest)
    .filter((result) => result.kind !== undefined && reasonToLeave(result.text, result.call) === undefined)
    .filter((result) => !kept.some((some) => some.has(result)));
}

/** What is over and done with, unless it is copied from. */
function findDone(blocks: readonly Block[], results: readonly OldResult[], old: readonly OldResult[]): ReadonlySet<OldResult> {
  const superseded = findSuperseded(blocks, results);
  const from = results.at(-lately)?.at ?? 0;
  return new Set(
    old.filter((result) => result.at < from && (superseded.has(result) || result.kind === 'output' || result.kind === 'page')),
  );
}

/** What all that goes out as before shows: its names, and for results their lines, for which notes no longer stand in. */
function showOthers(
  blocks: readonly Block[],
  old: readonly OldResult[],
  done: ReadonlySet<OldResult>,
): { names: ShownNames; lines: ShownLines } {
  const [names, lines] = [new ShownNames(), new ShownLines()];
  const isOld = new Set(old.map(({ at }) => at));
  const isDone = new Set([...done].map(({ at }) => at));
  for (const [at, block] of blocks.entries()) {
    if (block.source === 'result' && !isOld.has(at)) lines.add(block.text);
    if (isDone.has(at)) continue;
    for (const each of textsOf(block)) if (block.source !== 'result' || each.length < mostSure) names.add(each);
  }
  return { names, lines };
}

/** What the calls of late say that nothing else shows but results that are done. */
function copiedLately(blocks: readonly Block[], results: readonly OldResult[], done: ReadonlySet<OldResult>): CopiedPieces {
  const copied = new CopiedPieces();
  if (done.size === 0) return copied;
  const from = results.at(-lately)?.at ?? 0;
  const isDone = new Set([...done].map(({ at }) => at));
  const isLate = ({ source }: Block, at: number) => source === 'call' && at >= from;
  for (const [at, block] of blocks.entries()) if (isLate(block, at)) for (const text of textsOf(block)) copied.add(text);
  for (const [at, block] of blocks.entries())
    if (!isLate(block, at) && !isDone.has(at)) for (const text of textsOf(block)) copied.remove(text);
  return copied;
}

function keptLines({ kind, text }: OldResult, names: ShownNames): boolean[] {
  const lines = text.split('\n');
  const { first, last } = kind === 'page' ? endsOfPage : ends;
  let telling = 0;
  return lines.map((line, at) => {
    const isKept = at < first || at >= lines.length - last || (kind !== 'page' && (isTelling(line) || names.isNewIn(line)));
    if (isKept) names.add(line);
    return isKept;
  });

  function isTelling(line: string): boolean {
    return kind === 'output' && tellsOutcome(line) && telling++ < mostTelling;
  }
}

function textsOf({ source, text, call }: Block): readonly string[] {
  return source === 'opaque' ? [] : source === 'call' ? textsIn(call?.input) : [text];
}
