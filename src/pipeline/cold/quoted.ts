/** Which results somebody quoted later, line for line: what the user holds against the model must be there as it was. */
import type { Block } from '../../block.ts';
import type { OldResult } from './old-results.ts';
import { bareLine } from './shown-lines.ts';

/** UTF-16 units of a line that is no chance likeness. */
const leastLength = 24;

export function findQuoted(blocks: readonly Block[], results: readonly OldResult[]): ReadonlySet<OldResult> {
  /** Where a line was said last. */
  const said = new Map<string, number>();
  for (const [at, { source, text }] of blocks.entries())
    if (source === 'said') for (const line of text.split('\n')) if (isLongEnough(line)) said.set(bareLine(line), at);
  return new Set(
    results.filter(({ at, text }) => text.split('\n').some((line) => isLongEnough(line) && (said.get(bareLine(line)) ?? -1) > at)),
  );
}

function isLongEnough(line: string): boolean {
  return line.length >= leastLength && bareLine(line).length >= leastLength;
}
