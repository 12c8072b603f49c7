/** Cache writes that could have been avoided, over random schedules beside a simulated cache of the provider. The seed repeats a schedule. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecisions } from '../../src/store/decision-files.ts';
import { sayNumber } from '../../src/text/say-amount.ts';
import { runWorld, type WorldFigures } from '../../test/helpers/cache-world.ts';

const requestsOfOne = 1000;

/** `HEADROOM_CACHE_REQUESTS` sets how many requests; 100,000 take about ten minutes. */
export async function benchCacheWrites(requests = Number(process.env.HEADROOM_CACHE_REQUESTS ?? 10_000)): Promise<void> {
  const sums: Omit<WorldFigures, 'first'> = {
    ...{ requests: 0, avoidable: 0, written: 0, read: 0, shrunk: 0, cold: 0, coldBefore: 0, coldAfter: 0, deaths: 0, tripped: 0 },
  };
  for (let seed = 1; sums.requests < requests; seed++) {
    const { first, ...figures } = await runOne(seed, Math.min(requestsOfOne, requests - sums.requests));
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += figures[name];
    if (first !== undefined) console.log(`avoidable: ${first}`);
  }
  const said = Object.entries({
    requests: sums.requests,
    'of them shrunk': sums.shrunk,
    'processes that died': sums.deaths,
    'cold moments': sums.cold,
    'tokens of results there, before': sums.coldBefore,
    'tokens of results there, after': sums.coldAfter,
    'tokens read from the cache': sums.read,
    'tokens written to it': sums.written,
    'of them avoidable': sums.avoidable,
  });
  for (const [name, figure] of said) console.log(`${name.padEnd(34)} ${sayNumber(figure).padStart(12)}`);
  if (sums.avoidable > 0) process.exitCode = 1;
}

async function runOne(seed: number, requests: number): Promise<WorldFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-cache-'));
  try {
    return await runWorld({
      ...{ seed, requests },
      openStore: () => openDecisions(folder),
      tear: (root) => appendFileSync(join(folder, `${root.slice(0, 16)}.jsonl`), '\n{"v":1,"id":"torn","base":'),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
