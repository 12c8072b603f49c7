/** Law 1 on the wire: through refusals, faults and new workers, what was sent stays as it was sent. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pipeline, Skip } from '../src/pipeline/pipeline.ts';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { createTestPipeline } from './helpers/loopback-pipeline.ts';
import { type LoopbackProxy, startTestProxy } from './helpers/loopback-proxy.ts';
import { answerMessage, startUpstream } from './helpers/loopback-upstream.ts';
import { createLastingCache } from './helpers/provider-cache.ts';

/** What happens to the request that carries the next result. `again`: the same one twice. `worker`: a new one serves it. */
type Step = { readonly fate: 'answered' | 'refused' | 'fault' | 'again' | 'worker'; readonly file: number };

const step: fc.Arbitrary<Step> = fc.record({
  fate: fc.constantFrom('answered', 'answered', 'refused', 'fault', 'again', 'worker'),
  file: fc.nat({ max: 3 }),
});
const files = ['a', 'b', 'c'].map((name) => numberedFile(name, 60));
const texts = [...files, `${files[0]}\n${files[1]}`];

test('every request extends the one before it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), (steps) => play(steps)),
    { numRuns: 40 },
  );
});

async function play(steps: readonly Step[]): Promise<void> {
  let fate: Step['fate'] = 'answered';
  let isRefused = false;
  const upstream = await startUpstream((seen) => {
    if (fate !== 'refused' || isRefused) return answerMessage(seen);
    isRefused = true;
    seen.response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
  });
  const skips: Skip[] = [];
  const start = () =>
    startTestProxy(
      upstream.url,
      {},
      { createPipeline: () => faulty(createTestPipeline(skips)), onSkip: (notices) => void skips.push(...notices) },
    );
  const faulty = (pipeline: Pipeline): Pipeline => ({
    ...pipeline,
    rewriteInSteps: (conversation) => {
      if (fate === 'fault') throw new Error('fault');
      return pipeline.rewriteInSteps(conversation);
    },
  });
  let proxy: LoopbackProxy = await start();
  const results: string[] = [];
  const writesAgain = createLastingCache();
  let sent: string[] = [];
  try {
    for (const next of steps) {
      results.push(texts[next.file] ?? '');
      fate = next.fate;
      isRefused = false;
      if (fate === 'worker') {
        await proxy.close();
        proxy = await start();
      }
      for (let times = fate === 'again' ? 2 : 1; times > 0; times--)
        expect((await post(proxy.address, bodyWith(results))).status).toBe(200);
      const outgoing = resultsIn(upstream.requests.at(-1)!.body);
      if (fate === 'fault') {
        // The request itself goes as it came; what stays of it is the block it brought.
        expect(outgoing).toEqual(results);
        sent = [...sent, results.at(-1) ?? ''];
      } else {
        expect(outgoing.slice(0, sent.length)).toEqual(sent);
        expect(writesAgain(results, outgoing)).toBe(0);
        sent = outgoing;
      }
    }
  } finally {
    await proxy.close();
    await upstream.close();
  }
}
