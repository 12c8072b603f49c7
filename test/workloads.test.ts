/** The showcase workloads where they are at hand (HEADROOM_WORKLOADS); else `skipped: no workloads`. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type MeasuredWorkload, measureWorkload, readWorkloads, workloadBars } from '../scripts/bench/workloads.ts';
import { loadCounter } from '../src/tokens/count.ts';

const folder = process.env.HEADROOM_WORKLOADS;

if (!folder) console.log('skipped: no workloads (HEADROOM_WORKLOADS names their folder)');

// The workloads are not part of the project, so these cannot run everywhere.
describe.skipIf(!folder)('showcase workloads', () => {
  const workloads = folder ? readWorkloads(folder) : [];
  let measured: MeasuredWorkload[];
  beforeAll(async () => {
    const count = await loadCounter();
    measured = workloads.map((workload) => measureWorkload(workload, count));
  }, 120_000);

  test.each(workloads.map(({ name, seed, messages }, at) => [`${name}, seed ${seed}`, { name, seed, messages, at }] as const))(
    '%s',
    (_, { name, seed, messages, at }) => {
      const [lossless = 100, standard = 100] = workloadBars[name] ?? [];
      const { removed, readBack, errors } = measured[at]!;
      expect(removed.lossless * 100).toBeGreaterThanOrEqual(lossless);
      // The bar is that of the published draw; others may be a little above or below it.
      if (seed === 'own') expect(removed.standard * 100).toBeGreaterThanOrEqual(standard);
      expect(readBack).toBe(messages.length);
      expect(errors.shown).toBe(errors.of);
    },
  );
});
