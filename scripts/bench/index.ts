/** `npm run bench -- [--corpus FOLDER] [--only PART,...] [--readme]`: every figure the project states, measured here and now, one part after the other. */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { copyForReadme } from './readme-figures.ts';

const parts: Readonly<Record<string, (corpus: string | undefined) => Promise<void>>> = {
  corpus: async (corpus) => {
    if (!corpus) return console.log('\ncorpus: skipped: no corpus (name one with --corpus or HEADROOM_CORPUS)');
    await (await import('./corpus.ts')).benchCorpus(corpus);
  },
  scan: async () => (await import('./scan-table.ts')).printScan(),
  latency: async () => (await import('./latency.ts')).benchLatency(),
  streaming: async () => (await import('./streaming.ts')).benchStreaming(),
  keystrokes: async () => (await import('./keystrokes.ts')).benchKeystrokes(),
  startup: async () => (await import('./startup.ts')).benchStartup(),
  memory: async () => (await import('./memory.ts')).benchMemory(),
};

/** For one part, many times what it takes. */
const mostMinutes = 15;

const { values } = parseArgs({ options: { corpus: { type: 'string' }, only: { type: 'string' }, readme: { type: 'boolean' } } });
const wanted = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(parts);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
// A child that is being measured ends with us, however we end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const writeReadme = values.readme ? copyForReadme('npm run bench -- --readme') : undefined;
for (const [name, run] of Object.entries(parts)) {
  if (!wanted.includes(name)) continue;
  // Times on a busy machine say little: whoever reads them must see it.
  const [load = 0] = loadavg();
  console.log(`\n== ${name} (Node ${process.versions.node}, ${availableParallelism()} processors, load ${load.toFixed(1)})`);
  const late = setTimeout(() => {
    console.error(`${name} did not end within ${mostMinutes} minutes`);
    process.exit(1);
  }, mostMinutes * 60_000);
  await run(values.corpus ?? process.env.HEADROOM_CORPUS);
  clearTimeout(late);
}
writeReadme?.();
