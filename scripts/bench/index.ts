/**
 * `npm run bench -- [--corpus FOLDER] [--workloads FOLDER] [--only PART,...] [--losses] [--readme]`: every figure the project states,
 * measured here and now, one part after the other. `compare` runs only where it is named: it needs other software.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Gauge } from './corpus-pass.ts';
import { copyForReadme } from './readme-figures.ts';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: process.env.HEADROOM_CORPUS },
    workloads: { type: 'string', default: process.env.HEADROOM_WORKLOADS },
    only: { type: 'string' },
    losses: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
  },
});
const { corpus, workloads, losses } = values;

/** Parts that share one pass over the sessions. */
const gauges: Readonly<Record<string, () => Promise<Gauge>>> = {
  corpus: async () => (await import('./corpus.ts')).createCorpusGauge(),
  recall: async () => (await import('./recall.ts')).createRecallGauge(losses),
  bill: async () => (await import('./bill.ts')).createBillGauge(),
  cold: async () => (await import('./cold.ts')).createColdGauge(losses),
};

const parts: Readonly<Record<string, () => Promise<void>>> = {
  ...Object.fromEntries(Object.keys(gauges).map((name) => [name, () => printGauge(name)])),
  workloads: async () => (workloads ? (await import('./workloads.ts')).benchWorkloads(workloads) : skip('workloads')),
  outputs: async () => (corpus ? (await import('./outputs.ts')).benchOutputs(corpus) : skip('corpus')),
  compressors: async () => (await import('./compressor-speed.ts')).benchCompressors(corpus),
  cache: async () => (await import('./cache-writes.ts')).benchCacheWrites(),
  scan: async () => (await import('./scan-table.ts')).printScan(),
  latency: async () => (await import('./latency.ts')).benchLatency(),
  store: async () => (await import('./shared-store.ts')).benchSharedStore(),
  streaming: async () => (await import('./streaming.ts')).benchStreaming(),
  keystrokes: async () => (await import('./keystrokes.ts')).benchKeystrokes(),
  startup: async () => (await import('./startup.ts')).benchStartup(),
  memory: async () => (await import('./memory.ts')).benchMemory(),
  compare: async () => {
    if (!corpus) return skip('corpus');
    return workloads ? (await import('./compare/index.ts')).benchCompare(corpus, workloads) : skip('workloads');
  },
};

/** For one part, many times what it takes. */
const mostMinutes = 15;

const wanted = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(parts).filter((name) => name !== 'compare');
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
// A child that is being measured ends with us, however we end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const isComparison = wanted.join() === 'compare';
const writeReadme = values.readme
  ? copyForReadme(isComparison ? 'comparison' : 'figures', `npm run bench -- ${isComparison ? '--only compare ' : ''}--readme`)
  : undefined;
let passed: Promise<Map<string, Gauge>> | undefined;
for (const [name, run] of Object.entries(parts)) {
  if (!wanted.includes(name)) continue;
  // Times on a busy machine say little: whoever reads them must see it.
  const [load = 0] = loadavg();
  console.log(`\n== ${name} (Node ${process.versions.node}, ${availableParallelism()} processors, load ${load.toFixed(1)})`);
  const late = setTimeout(() => {
    console.error(`${name} did not end within ${mostMinutes} minutes`);
    process.exit(1);
  }, mostMinutes * 60_000);
  await run();
  clearTimeout(late);
}
writeReadme?.();

async function printGauge(name: string): Promise<void> {
  if (!corpus) return skip('corpus');
  passed ??= passAll(corpus);
  (await passed).get(name)?.print();
}

/** Replays the sessions once for every part that is wanted. */
async function passAll(folder: string): Promise<Map<string, Gauge>> {
  const made = new Map<string, Gauge>();
  for (const [name, create] of Object.entries(gauges)) if (wanted.includes(name)) made.set(name, await create());
  const { passOver } = await import('./corpus-pass.ts');
  await passOver(folder, [...made.values()]);
  return made;
}

function skip(what: 'corpus' | 'workloads'): void {
  console.log(`\nskipped: no ${what} (name the folder with --${what} or HEADROOM_${what.toUpperCase()})`);
}
