/** Runs proxies as the launcher's worker does, with the real protocols and the real pipeline, and answers what its parent asks. One compressor can be made to fail. */
import { readdirSync } from 'node:fs';
import { createHistogram } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { clearMergeCache } from 'gpt-tokenizer/encoding/o200k_base';
import type { Compressor } from '../../../src/compressors/compressor.ts';
import { compressors } from '../../../src/compressors/index.ts';
import { createHeavyThread } from '../../../src/launch/heavy-thread.ts';
import { loadProxyPipeline } from '../../../src/launch/proxy-pipeline.ts';
import type { Elsewhere } from '../../../src/pipeline/elsewhere.ts';
import { protocols } from '../../../src/protocols/index.ts';
import type { ExchangeRecord } from '../../../src/proxy/records.ts';
import { startProxy } from '../../../src/proxy/server.ts';
import type { Ask, CompressorFault, Health } from '../proxy-process.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const uncaught: string[] = [];
process.on('unhandledRejection', (reason) => uncaught.push(`rejection: ${String(reason)}`));
process.on('uncaughtException', (thrown) => uncaught.push(`exception: ${thrown.stack ?? thrown}`));

/** From source no worker thread starts by itself: its bundle is the first argument. What fails on demand fails here alone. */
const heavy = createHeavyThread({ file: new URL(process.argv[2]!) });
const elsewhere: Elsewhere = (...task) => (fault === 'none' ? heavy.elsewhere(...task) : Promise.resolve(undefined));
let fault: CompressorFault = 'none';
const dawdleMs = 60;
/** The surest of all while it is to fail: every text comes to it first. */
const faulty: Compressor = {
  kind: 'faulty',
  lever: 'faults',
  claim: () => (fault === 'none' ? 0 : 1),
  shrink: ({ text }) => {
    if (fault === 'throws') throw new Error('a fault on demand');
    if (fault === 'lies') return { text: text.slice(0, text.length / 3), form: 'invertible', inverse: () => `${text} ` };
    for (const until = performance.now() + dawdleMs; performance.now() < until; );
    return undefined;
  },
  excerpt: ({ text }) =>
    fault === 'lies'
      ? {
          keeps: text
            .split('\n')
            .map(() => false)
            .slice(1),
        }
      : undefined,
};
(compressors as Compressor[]).unshift(faulty);

/** Microseconds between two turns of a timer of one millisecond: by the clock, and what of it was our own work and not that of other programs. */
const loop = { clock: createHistogram(), own: createHistogram() };
let before = { clock: performance.now(), cpu: process.cpuUsage() };
setInterval(() => {
  const now = { clock: performance.now(), cpu: process.cpuUsage() };
  const clock = (now.clock - before.clock) * 1000;
  const own = now.cpu.user + now.cpu.system - before.cpu.user - before.cpu.system;
  loop.clock.record(Math.max(1, Math.round(clock)));
  loop.own.record(Math.max(1, Math.round(Math.min(clock, own))));
  before = now;
}, 1).unref();
let records: ExchangeRecord[] = [];
let recorded = 0;
const mostRecords = 20_000;

const answers: { readonly [What in Ask['what']]: (ask: Extract<Ask, { what: What }>) => unknown } = {
  start: async ({ settings, mostRemembered }) => {
    const { port } = await startProxy(settings, {
      protocols,
      createPipeline: () => loadProxyPipeline(settings, mostRemembered, undefined, elsewhere),
      onRecord: (record) => {
        recorded++;
        if (records.length < mostRecords) records.push(record);
      },
      onSkip: () => {},
    });
    return port;
  },
  health: ({ collects }) => {
    if (collects) {
      // What the tokenizer remembers of words is bounded too, by their number: until then it would look like a leak.
      clearMergeCache();
      collectGarbage();
    }
    const found = health();
    loop.clock.reset();
    loop.own.reset();
    // What it took to find that out is not the proxy's.
    before = { clock: performance.now(), cpu: process.cpuUsage() };
    return found;
  },
  records: () => {
    const taken = records;
    records = [];
    return taken;
  },
  compressor: (ask) => {
    fault = ask.fault;
    return undefined;
  },
};

function health(): Health {
  const resources = process.getActiveResourcesInfo();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const quantilesOf = (delays: typeof loop.own) => ({
    p50: delays.percentile(50) / 1000,
    p99: delays.percentile(99) / 1000,
    max: delays.max / 1000,
  });
  return {
    megabytes: rss / 1024 / 1024,
    heapMegabytes: heapUsed / 1024 / 1024,
    sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
    handles: resources.length,
    files: openFiles(),
    loop: quantilesOf(loop.clock),
    work: quantilesOf(loop.own),
    cpuMs: (user + system) / 1000,
    records: recorded,
    uncaught: [...uncaught],
  };
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

process.on('message', async (ask: Ask & { readonly id: number }) => {
  const answer = await (answers[ask.what] as (ask: Ask) => unknown)(ask);
  process.send?.({ id: ask.id, answer });
});
process.once('disconnect', () => process.exit(0));
console.log('ready');
