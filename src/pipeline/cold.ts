/**
 * What to show of old results at a cold moment, when the provider holds nothing of the conversation and every byte is billed again anyway.
 * A plan from the blocks alone: which results, and which of their lines. Originals, notes' paths and whether it pays are the pipeline's.
 *
 * No name goes: a line that alone shows a path or an identifier stays, for these are what later calls copy. What files hold stays as it
 * is, for agents edit by its exact text, unless a later result supersedes it, or it is big, long ago, and of a file that nobody edited.
 */
import type { Block } from '../block.ts';
import { reasonToLeave } from './choose.ts';
import { ShownNames } from './cold/names.ts';
import { findOldReads } from './cold/old-reads.ts';
import { findResults, type OldResult } from './cold/old-results.ts';
import { findUnresolved, mostTelling, tellsOutcome } from './cold/outcome.ts';
import { findQuoted } from './cold/quoted.ts';
import { ShownLines } from './cold/shown-lines.ts';
import { findSuperseded } from './cold/superseded.ts';
import { isWorth, lookAhead } from './cold/worth.ts';
import { type WrittenExcerpt, writeExcerpt } from './excerpt.ts';

/** The newest results stay whole. */
const newest = 6;
/** Lines that stay at either end, whatever they say; of a page more, for of it no names are kept: it can be fetched again. */
const ends = { first: 2, last: 2 };
const endsOfPage = { first: 6, last: 4 };
/** The topics of a report or a document, in Markdown. */
const heading = /^(?:\s*\d+(?:\t|→))?#{1,3} \S/;
/** A text this long, in UTF-16 units, may go out as an excerpt, and its names with it. */
const mostSure = 8000;

/** Results by index, each with what stays of it. Linear in the text. */
export function planCold(blocks: readonly Block[]): ReadonlyMap<number, WrittenExcerpt> {
  const plan = new Map<number, WrittenExcerpt>();
  const chosen = choose(blocks);
  const shown = showOthers(blocks, chosen);
  const outlook = lookAhead(blocks);
  // From the newest: of what several results name, the last one keeps showing it.
  for (const result of [...chosen.values()].reverse()) {
    const { at, text } = result;
    const keeps = keptLines(result, shown.names);
    const excerpt = writeExcerpt(text, { keeps });
    const saved = text.length - excerpt.text.length - shown.lines.unitsElsewhere(text, keeps);
    if (excerpt.hidden > 0 && isWorth(result, saved, outlook)) plan.set(at, excerpt);
    const goesOut = plan.get(at)?.text ?? text;
    shown.names.add(goesOut);
    shown.lines.add(goesOut);
  }
  return plan;
}

/** By index, oldest first. */
function choose(blocks: readonly Block[]): ReadonlyMap<number, OldResult> {
  const results = findResults(blocks);
  const files = [findSuperseded(blocks, results), findOldReads(blocks, results)];
  const kept = [findUnresolved(results), findQuoted(blocks, results)];
  const old = results
    .filter(({ kind, text, call }) => kind !== undefined && reasonToLeave(text, call) === undefined)
    .slice(0, -newest)
    .filter((result) => (result.kind !== 'file' || files.some((some) => some.has(result))) && !kept.some((some) => some.has(result)));
  return new Map(old.map((result) => [result.at, result]));
}

/** What all that goes out as before shows. */
function showOthers(blocks: readonly Block[], chosen: ReadonlyMap<number, OldResult>): { names: ShownNames; lines: ShownLines } {
  const [names, lines] = [new ShownNames(), new ShownLines()];
  for (const [at, { source, text, call }] of blocks.entries()) {
    if (source === 'opaque' || chosen.has(at)) continue;
    const texts = source === 'call' ? textsIn(call?.input) : [text];
    for (const each of texts) {
      lines.add(each);
      if (source !== 'result' || each.length < mostSure) names.add(each);
    }
  }
  return { names, lines };
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
    if (kind === 'report' || kind === 'file') return heading.test(line);
    return kind === 'output' && tellsOutcome(line) && telling++ < mostTelling;
  }
}

/** Every text in a call's input. */
function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  return Object.values(value).flatMap((item) => textsIn(item, depth + 1));
}
