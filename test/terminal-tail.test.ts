/** What an agent writes just before it ends comes out whole. `scripts/e2e/terminal-tail.ts` does the same many more times. */
import { expect, it } from 'vitest';
import { findLostTails } from './helpers/terminal-tail.ts';

it.each([
  { bytes: 40_000, runs: 40, reader: 'fast', terminals: 2 },
  { bytes: 1_000_000, runs: 16, reader: 'fast', terminals: 2 },
  { bytes: 40_000, runs: 40, reader: 'slow', terminals: 8 },
  { bytes: 1_000_000, runs: 16, reader: 'slow', terminals: 8 },
] as const)('loses no byte of $bytes in $runs runs with a $reader reader', async (trial) => {
  expect(await findLostTails(trial)).toEqual([]);
});
