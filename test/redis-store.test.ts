/** The store in Redis by itself: what processes make of a conversation through it, and its sums. */
import { describe, expect, test } from 'vitest';
import { createPipeline } from '../src/pipeline/create.ts';
import { createAnthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { createHistories } from '../src/proxy/histories.ts';
import type { DecisionStore } from '../src/store/decisions.ts';
import { originalName } from '../src/store/originals.ts';
import { openRedisStore } from '../src/store/redis-store.ts';
import { type Agent, spell } from './helpers/cache-agents.ts';
import { runWorld } from './helpers/cache-world.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { ownFolder } from './helpers/own-folder.ts';
import { noRedis, startRedis } from './helpers/redis-server.ts';
import { beginAgent, noteIn, readLog } from './helpers/replicas.ts';

const kept = closesAfterEach();
const folder = ownFolder();

describe.skipIf(noRedis)('processes with one Redis', { timeout: 60_000 }, () => {
  test('cost the provider nothing in any order of agents, processes and clocks', async () => {
    const redis = await kept(startRedis());
    const store = await openRedisStore(redis.url, folder, { onChange: () => {} });
    const torn: Promise<unknown>[] = [];
    const tear = (root: string) => void torn.push(redis.client.rpush(`headroom:decisions:${root}`, '{"v":1,"id":"'));
    const figures = await runWorld({ seed: 5, requests: 700, openStore: () => store.decisions, tear });
    await Promise.all(torn);
    await store.close();
    expect(figures.first).toBeUndefined();
    expect(figures.avoidable).toBe(0);
    expect(figures.shrunk).toBeGreaterThan(200);
    expect(figures.deaths).toBeGreaterThan(5);
  });

  test('agree on what went out where Redis took a line and its answer was lost', async () => {
    const redis = await kept(startRedis());
    const store = await openRedisStore(redis.url, folder, { onChange: () => {} });
    let isLost = false;
    let comeBack = () => {};
    const deaf: DecisionStore = {
      read: store.decisions.read,
      append: async (...line) => {
        const read = await store.decisions.append(...line);
        if (isLost) throw new Error('it does not answer');
        return read;
      },
      whenBack: (run) => {
        comeBack = run;
      },
    };
    const [one, two] = [deaf, store.decisions].map((decisions) => rewriter(decisions)) as [Rewriter, Rewriter];
    const agent = beginAgent('deaf');
    await one(agent);
    readLog(agent, 1);
    isLost = true;
    expect(await one(agent)).toEqual([undefined]);
    isLost = false;
    comeBack();
    const [list = ''] = await redis.client.keys('headroom:decisions:*');
    await expect.poll(async () => (await redis.client.lrange(list, 0, -1)).join()).toContain('takenBack');
    readLog(agent, 2);
    for (const rewrite of [two, one, two]) {
      const [old, fresh] = await rewrite(agent);
      expect(old).toBeUndefined();
      expect(noteIn(fresh)).toBeDefined();
    }
    await store.close();
  });

  test('add a sum once, however often they had to ask', async () => {
    const redis = await kept(startRedis());
    const store = await openRedisStore(redis.url, folder, { onChange: () => {} });
    const totals = { requests: 2, 'latency.least': 5, 'latency.most': 9, 'byModel:x.most': 1 };
    for (const id of ['a', 'a', 'b']) await store.addTotals(id, totals);
    await store.addTotals('c', { requests: 0.5, 'latency.least': 3, 'latency.most': 7 });
    expect(await store.readTotals()).toEqual({ requests: 4.5, 'latency.least': 3, 'latency.most': 9, 'byModel:x.most': 2 });
    await store.close();
  });
});

type Rewriter = (agent: Agent) => Promise<(string | undefined)[]>;

/** What a process with this store makes of an agent's results. */
function rewriter(store: DecisionStore): Rewriter {
  const protocol = createAnthropicMessages();
  const pipeline = createPipeline({
    count: (text) => Math.ceil(text.length / 4),
    keep: (text) => ({ path: `headroom retrieve ${originalName(text)}` }),
  });
  const readClock = () => ({ time: 1_700_000_000_000, up: 1000, host: 'here' });
  const histories = createHistories({ store, readClock, isOurs: false, allowsCold: true });
  return async (agent) => {
    const body = Buffer.from(spell(agent, 0));
    const conversation = protocol.read(body, 'upstream')!;
    const { rewriting } = await histories.rewrite({ conversation, size: body.length, isTurn: true }, pipeline);
    return conversation.blocks.flatMap(({ source }, at) => (source === 'result' ? [rewriting.replacements.get(at)] : []));
  };
}
