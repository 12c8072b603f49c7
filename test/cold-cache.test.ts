/** No byte that the provider may hold changes: random schedules beside a simulated cache, over decision files that several processes share. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDecisions } from '../src/store/decision-files.ts';
import { runWorld, type WorldFigures } from './helpers/cache-world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-decisions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(seed: number, requests: number, lateness?: number): Promise<WorldFigures> {
  return runWorld({
    ...{ seed, requests },
    openStore: () => openDecisions(folder),
    tear: (root) => appendFileSync(join(folder, `${root.slice(0, 16)}.jsonl`), '\n{"v":1,"id":"torn","base":'),
    ...(lateness === undefined ? {} : { lateness }),
  });
}

test.each([1, 2, 3, 4])('schedule %i: not one avoidable cache write, and old results are rewritten all the same', async (seed) => {
  const figures = await run(seed, 700);
  expect(figures.first).toBeUndefined();
  expect(figures.avoidable).toBe(0);
  expect(figures.shrunk).toBeGreaterThan(200);
  expect(figures.cold).toBeGreaterThan(3);
  expect(figures.coldAfter).toBeLessThan(figures.coldBefore);
  expect(figures.deaths).toBeGreaterThan(5);
});

test('the simulation sees what goes wrong: a provider that keeps longer than it says', async () => {
  const figures = await run(5, 700, 7200);
  expect(figures.avoidable).toBeGreaterThan(0);
});
