/**
 * What to show of old results at a cold moment, when the provider holds nothing of the conversation and every byte is billed again anyway.
 * A plan from the blocks alone: which results, and which of their lines. Originals, notes' paths and whether it pays are the pipeline's.
 */
import type { Block } from '../block.ts';
import { commandOf } from '../text/tool-call.ts';
import { leastTokens } from './choose.ts';
import { type WrittenExcerpt, writeExcerpt } from './excerpt.ts';

export interface ColdOptions {
  /** o200k tokens of a text. */
  readonly count: (text: string) => number;
}

/** Lines that stay of a result that a later one supersedes. */
const shown = { first: 2, last: 3 };

/** Results by index, each with what stays of it: those whose command was run again later. */
export function planCold(blocks: readonly Block[], { count }: ColdOptions): ReadonlyMap<number, WrittenExcerpt> {
  const plan = new Map<number, WrittenExcerpt>();
  const later = new Set<string>();
  for (let at = blocks.length - 1; at >= 0; at--) {
    const { source, call, text } = blocks[at]!;
    const command = source === 'result' ? commandOf(call) : undefined;
    if (command === undefined) continue;
    if (later.has(command) && count(text) >= leastTokens) plan.set(at, endsOf(text));
    later.add(command);
  }
  return plan;
}

function endsOf(text: string): WrittenExcerpt {
  const lines = text.split('\n');
  return writeExcerpt(text, { keeps: lines.map((_, at) => at < shown.first || at >= lines.length - shown.last) });
}
