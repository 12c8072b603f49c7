/** Replays take the same moments for cold as the proxy, which knew no more then: random schedules, told to both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messagesKey } from '../src/block.ts';
import { findCacheStates, lifeAskedFor, type PastRequest } from '../src/perf/cold-moments.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import type { ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { scopeOfModel } from '../src/protocols/wire-scope.ts';
import { createHistories } from '../src/proxy/histories.ts';
import { openDecisions } from '../src/store/decision-files.ts';
import { asRequest } from './helpers/recorded-requests.ts';

/** Seconds since the request before; a clock may run backwards. */
const gap = fc.constantFrom(5, 20, 200, 299, 359, 361, 400, 3000, 3661, 4000, 90_000, -500, -5000);
const usage = fc.constantFrom<PastRequest['usage']>(
  ...Array.from({ length: 4 }, () => ({ cacheWrite5m: 900, cacheWrite1h: 0 })),
  ...[{ cacheWrite5m: 0, cacheWrite1h: 900 }, { cacheWrite5m: 0, cacheWrite1h: 0 }, undefined],
);
const model = fc.constantFrom(...Array.from({ length: 6 }, () => 'claude-a'), 'claude-b', 'claude-c', 'gpt-5');
const begins = fc.integer({ min: 0, max: 12 }).map((n) => n === 0);
const schedules = fc.array(fc.record({ gap, usage, model, begins }), { minLength: 1, maxLength: 30, size: 'max' });

test('whatever the times, the models, the lives and the beginnings', async () => {
  const seen = new Map<string | undefined, number>();
  await fc.assert(
    fc.asyncProperty(schedules, async (steps) => {
      let time = 1_700_000_000_000;
      const requests = steps.map(({ gap, ...step }, at) => {
        time += gap * 1000;
        return { ...step, time, begins: at === 0 || step.begins };
      });
      const replayed = findCacheStates(requests).map(({ cold }) => cold);
      expect(replayed).toEqual(await proxied(requests));
      for (const cold of replayed) seen.set(cold, (seen.get(cold) ?? 0) + 1);
    }),
    { numRuns: 60 },
  );
  for (const cold of ['idle', 'model', undefined]) expect(seen.get(cold)).toBeGreaterThan(20);
});

/** What the proxy takes these requests for, its pipeline and its store real, and replies that tell this usage. */
async function proxied(requests: readonly (PastRequest & { readonly time: number })[]): Promise<(string | undefined)[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-agree-'));
  try {
    let now = 0;
    const readClock = () => ({ time: now, up: now / 1000, host: 'one' });
    const histories = createHistories({ store: openDecisions(folder), readClock, isOurs: true, allowsCold: true });
    const pipeline = createPipeline({ count: (text) => text.length, keep: () => ({ path: '/originals/0123456789abcdef' }) });
    const found: (string | undefined)[] = [];
    let [messages, life]: [ParsedMessage[], number | undefined] = [[], undefined];
    for (const [at, { time, model = '', usage, begins }] of requests.entries()) {
      now = time;
      messages = begins ? [{ role: 'user', content: `question ${at}` }] : [...messages, ...turn(at)];
      life = lifeAskedFor(model, usage) ?? life;
      const { conversation, size } = asRequest(messages);
      const scope = scopeOfModel(model);
      const blocks = conversation.blocks.map((block) => ({ ...block, key: scope + messagesKey(block.key) }));
      const rewritten = await histories.rewrite(
        { conversation: { ...conversation, model, scope, blocks, life }, size, isTurn: true },
        pipeline,
      );
      found.push(rewritten.cold?.why);
      if (usage) await histories.learn(rewritten, { model, fresh: 1, cacheRead: 0, output: 1, ...usage });
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function turn(at: number): ParsedMessage[] {
  const input = { command: `echo ${at}` };
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id: `t${at}`, name: 'Bash', input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${at}`, content: `said ${at}` }] },
  ];
}
