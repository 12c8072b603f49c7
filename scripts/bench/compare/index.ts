/**
 * `npm run bench -- --only compare`: this project beside what a user would pick instead, in one run and on the same inputs. What is not
 * installed is said to be skipped; nothing is fetched, and everything stays on loopback.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { loadCounter } from '../../../src/tokens/count.ts';
import { loadPrices } from '../../../src/tokens/prices.ts';
import type { Contender, Outcome } from './contender.ts';
import { compactJson, nothing, toon } from './formats.ts';
import { makeInputs } from './inputs.ts';
import { installed } from './installed.ts';
import { type Measured, measure } from './measure.ts';
import { originalLibrary } from './original-library.ts';
import { originalProxy } from './original-proxy.ts';
import { ours } from './ours.ts';
import { printComparison } from './print.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { rtk } from './rtk.ts';

export interface Compared {
  readonly contender: Contender;
  readonly outcome: Omit<Outcome, 'sent'>;
  readonly measured: Measured;
  /** Of the machine, while it ran: times say little on a busy one. */
  readonly load: number;
}

export async function benchCompare(corpus: string, workloads: string): Promise<void> {
  const [count, priceOf, recorder] = [await loadCounter(), await loadPrices(), await startRecorder()];
  const inputs = makeInputs(corpus, workloads);
  const compared: Compared[] = [];
  const skipped: string[] = [];
  for (const contender of contenders(recorder)) {
    if (contender.missing) {
      skipped.push(`${contender.name}: ${contender.missing}`);
      continue;
    }
    try {
      const began = performance.now();
      const { sent, ...outcome } = await contender.run(inputs.conversations);
      const [load = 0] = loadavg();
      compared.push({ contender, outcome, load, measured: measure({ sent, ...outcome }, inputs, count, priceOf) });
      console.error(`${contender.name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
    } catch (thrown) {
      skipped.push(`${contender.name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  recorder.close();
  printComparison(inputs, compared, skipped);
}

function contenders(recorder: Recorder): Contender[] {
  const { folder, missing } = installed.original;
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8')) as { version: string };
  return [
    nothing,
    compactJson,
    toon,
    rtk,
    originalLibrary(folder, missing),
    originalProxy('cache', folder, missing, recorder),
    originalProxy('token', folder, missing, recorder),
    ours('lossless', version, recorder),
    ours('standard', version, recorder),
  ];
}
