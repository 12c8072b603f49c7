/** Which results somebody quoted later, line for line: what the user holds against the model must be there as it was. */
import type { Block } from '../../block.ts';
import type { OldResult } from './old-results.ts';

/** UTF-16 units of a line that is no chance likeness. */
const leastLength = 24;

export function findQuoted(blocks: readonly Block[], results: readonly OldResult[]): ReadonlySet<OldResult> {
  /** Where a line was said last. */
  const said = new Map<string, number>();
  for (const [at, { source, text }] of blocks.entries())
    if (source === 'said') for (const line of text.split('\n')) if (isLongEnough(line)) said.set(bare(line), at);
  return new Set(
    results.filter(({ at, text }) => text.split('\n').some((line) => isLongEnough(line) && (said.get(bare(line)) ?? -1) > at)),
  );
}

function isLongEnough(line: string): boolean {
  return line.length >= leastLength && bare(line).length >= leastLength;
}

/** Without what quoting adds or drops: line numbers, marks of quotation, white space at the ends. */
function bare(line: string): string {
  return line.replace(/^(?:\s*\d+(?:\t|→)|[>\s]+)/, '').trim();
}
