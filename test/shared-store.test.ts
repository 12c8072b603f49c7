/** Several replicas of `headroom proxy` with one Redis: the same bytes from each, nothing lost, and what happens while it is away. */
import { afterEach, describe, expect, test } from 'vitest';
import { resolveProxySettings } from '../src/commands/proxy-settings.ts';
import { type Agent, partsOf, spell } from './helpers/cache-agents.ts';
import { createDice } from './helpers/dice.ts';
import { createMachine } from './helpers/launches.ts';
import { numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { send } from './helpers/loopback-client.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { type LoopbackUpstream, startUpstream } from './helpers/loopback-upstream.ts';
import { createProviderCache } from './helpers/provider-cache.ts';
import { noRedis, type RedisServer, startRedis } from './helpers/redis-server.ts';
import { beginAgent, bigLog, noteIn, type Replica, readLog, startReplica, turn } from './helpers/replicas.ts';

const kept = closesAfterEach();
const open: Replica[] = [];
afterEach(async () => {
  for (const replica of open.splice(0)) await replica.close();
});

async function startReplicas(count: number, store: string, more: readonly string[] = []): Promise<[Replica[], LoopbackUpstream]> {
  const upstream = await kept(startUpstream());
  const start = () => startReplica(['--upstream', upstream.url, ...more], { HEADROOM_STORE: store });
  const replicas = await Promise.all(Array.from({ length: count }, start));
  open.push(...replicas);
  return [replicas, upstream];
}

const post = (replica: Replica, body: string) => send(`${replica.base}/v1/messages`, { method: 'POST', body });

/** Sends what an agent has, gives what went upstream. */
async function ask(replica: Replica, agent: Agent, upstream: LoopbackUpstream): Promise<string[]> {
  const { status } = await post(replica, spell(agent, 0));
  expect(status).toBe(200);
  return resultsIn(upstream.requests.at(-1)!.body);
}

const patience = { timeout: 10_000 };
const isWell = (replica: Replica) => replica.get('/readyz').then(({ value }) => value.status);

describe.skipIf(noRedis)('replicas with one Redis', { timeout: 120_000 }, () => {
  test('send the same bytes, whichever is asked, and lose nothing when they are killed at random', async () => {
    const redis = await kept(startRedis());
    const [replicas, upstream] = await startReplicas(3, redis.url);
    const dice = createDice(8);
    const provider = createProviderCache();
    const agents = ['one', 'two', 'three'].map(beginAgent);
    const originals = new Map<string, string>();
    let [acknowledged, kills, avoidable] = [0, 0, 0];
    for (let n = 0; n < 45; n++) {
      const agent = agents[n % 3]!;
      const replica = replicas[dice(3)]!;
      const body = spell(agent, n);
      const reply = post(replica, body).catch(() => undefined);
      if (dice(5) === 0) {
        if (dice(2) === 0) await new Promise((resolve) => setTimeout(resolve, dice(30)));
        await replica.kill();
        kills++;
        await replica.begin();
      }
      // Who was killed answered perhaps, or sent it upstream and told nobody: the agent asks again.
      const answered = (await reply) ?? (await post(replicas[dice(3)]!, body));
      expect(answered.status).toBe(200);
      acknowledged++;
      const sent = upstream.requests.at(-1)!.body.toString();
      avoidable += provider.serve({ model: agent.model, parts: partsOf(body, sent, 'none') }, n).avoidable;
      const texts = agent.messages.flatMap(({ content }) =>
        content.flatMap((part) => (part.type === 'tool_result' ? [String(part.content)] : [])),
      );
      for (const [at, text] of resultsIn(upstream.requests.at(-1)!.body).entries()) {
        const name = noteIn(text);
        if (name) originals.set(name, texts[at]!);
      }
      if (dice(3) === 0) agent.messages = [...agent.messages, ...turn(`f${n}`, 'Read', { file_path: `/p/${n}.ts` }, numberedFile(`f${n}`))];
      else readLog(agent, n);
    }
    expect(kills).toBeGreaterThan(3);
    expect(avoidable).toBe(0);
    for (const agent of agents) expectExtends(upstream, agent);
    expect(originals.size).toBeGreaterThan(10);
    for (const [name, text] of originals) {
      const answers = await Promise.all(replicas.map((replica) => replica.get(`/v1/retrieve/${name}`)));
      expect(answers.map(({ value }) => value.original_content)).toEqual([text, text, text]);
    }
    // Whoever holds the address finds it by the command that the note names, on a machine that never had it.
    const [[name, text] = ['', '']] = originals;
    const elsewhere = createMachine();
    expect((await elsewhere.run(['retrieve', name], { HEADROOM_STORE: redis.url })).stdout).toBe(text);
    elsewhere.remove();
    const totals = await Promise.all(replicas.map(async (replica) => (await replica.get('/stats')).value.requests as { total: number }));
    expect(new Set(totals.map(({ total }) => total)).size).toBe(1);
    // What was killed between a reply and its count is not in it.
    expect(totals[0]!.total).toBeGreaterThanOrEqual(acknowledged - kills);
    expect(totals[0]!.total).toBeLessThanOrEqual(upstream.requests.length);
  });

  test('go on without it, leave nothing new out meanwhile, and stay with that when it is back', async () => {
    const redis = await kept(startRedis());
    const [[one, two], upstream] = (await startReplicas(2, redis.url)) as [[Replica, Replica], LoopbackUpstream];
    const agent = beginAgent('away');
    await ask(one, agent, upstream);
    readLog(agent, 1);
    const [first] = await ask(one, agent, upstream);
    expect(noteIn(first)).toBeDefined();
    await redis.end();
    await expect.poll(() => isWell(one), patience).toBe('degraded');
    readLog(agent, 2);
    agent.messages = [...agent.messages, ...turn('f', 'Read', { file_path: '/p/a.ts' }, numberedFile('a'))];
    const meanwhile = await ask(one, agent, upstream);
    expect(meanwhile[0]).toBe(first);
    expect(noteIn(meanwhile[1])).toBeUndefined();
    expect(meanwhile[2]!.length).toBeLessThan(numberedFile('a').length);
    expect((await one.get('/health')).value).toMatchObject({
      status: 'degraded',
      shared_store: expect.stringMatching(/lost|nothing listens/),
    });
    await redis.begin();
    await expect.poll(() => isWell(one), patience).toBe('healthy');
    const [list = ''] = await redis.client.keys('headroom:decisions:*');
    // What was told before it went, and what waited.
    await expect.poll(() => redis.client.llen(list)).toBeGreaterThanOrEqual(4);
    await expect.poll(() => isWell(two), patience).toBe('healthy');
    readLog(agent, 3);
    for (const replica of [two, one, two]) {
      const sent = await ask(replica, agent, upstream);
      expect(sent.slice(0, 3)).toEqual(meanwhile);
      expect(noteIn(sent[3])).toBeDefined();
    }
    expectExtends(upstream, agent);
    expect(one.said.match(/shared store .*nothing new is left out/g)).toHaveLength(1);
    expect(one.said.match(/shared store .*it is back/g)).toHaveLength(1);
  });

  test('are answered while it sleeps, and what it takes in late was never sent otherwise', async () => {
    const redis = await kept(startRedis());
    const [[one, two], upstream] = (await startReplicas(2, redis.url)) as [[Replica, Replica], LoopbackUpstream];
    const agent = beginAgent('asleep');
    await ask(one, agent, upstream);
    readLog(agent, 1);
    redis.signal('SIGSTOP');
    const [slept] = await ask(one, agent, upstream);
    expect(noteIn(slept)).toBeUndefined();
    redis.signal('SIGCONT');
    for (const replica of [one, two]) await expect.poll(() => isWell(replica), patience).toBe('healthy');
    await expect.poll(async () => (await redis.client.keys('headroom:decisions:*')).length).toBe(1);
    readLog(agent, 2);
    for (const replica of [one, two, one]) {
      const [old, fresh] = await ask(replica, agent, upstream);
      expect(old).toBe(slept);
      expect(noteIn(fresh)).toBeDefined();
    }
  });

  test('find what any of them kept for a caller, and tell one sum', async () => {
    const redis = await kept(startRedis());
    const [[one, two], upstream] = (await startReplicas(2, redis.url)) as [[Replica, Replica], LoopbackUpstream];
    const agent = beginAgent('caller');
    readLog(agent, 1);
    const compressed = await send(`${one.base}/v1/compress`, {
      method: 'POST',
      body: JSON.stringify({ model: agent.model, messages: agent.messages }),
    });
    const { ccr_hashes: [hash = ''] = [] } = JSON.parse(compressed.body.toString()) as { ccr_hashes?: string[] };
    expect((await two.get(`/v1/retrieve/${hash}`)).value.original_content).toBe(bigLog(1));
    expect((await two.get('/v1/retrieve/0123456789abcdef')).status).toBe(404);
    for (const replica of [one, two, two]) await ask(replica, beginAgent('sums'), upstream);
    const sums = { requests: { total: 4, by_model: { 'claude-test': 3, 'claude-opus-4-8': 1 } } };
    for (const replica of [one, two]) await expect.poll(async () => (await replica.get('/stats')).value).toMatchObject(sums);
    expect((await send(`${two.base}/metrics`)).body.toString()).toContain('headroom_requests_total 4\n');
    const [before] = [(await one.get('/stats')).value.requests];
    await redis.end();
    await expect.poll(() => isWell(one), patience).toBe('degraded');
    expect((await one.get('/stats')).value.requests).toEqual(before);
    expect((await two.get(`/v1/retrieve/${hash}`)).status).toBe(200);
    expect((await two.get('/v1/retrieve/0123456789abcdef')).status).toBe(503);
  });

  test.each<[string, readonly string[], (redis: RedisServer) => Promise<unknown>, RegExp]>([
    ['a password that it does not take', ['--requirepass', 'another'], async () => {}, /it does not take the password/],
    ['a replica', [], (redis) => redis.client.replicaof('127.0.0.1', 1), /it is a replica that takes nothing: name the primary/],
    ['a full memory', [], (redis) => redis.client.config('SET', 'maxmemory', '1'), /its memory is full: raise its maxmemory/],
  ])('start all the same with %s, and say so without the password', async (_, options, spoil, said) => {
    const redis = await kept(startRedis(options));
    await spoil(redis);
    const url = options.length > 0 ? redis.url.replace('//', '//:planted-secret@') : redis.url;
    const [[one], upstream] = (await startReplicas(1, url)) as [[Replica], LoopbackUpstream];
    expect(one.said).toMatch(said);
    const agent = beginAgent('spoilt');
    await ask(one, agent, upstream);
    agent.messages = [...agent.messages, ...turn('f', 'Read', { file_path: '/p/a.ts' }, numberedFile('a'))];
    await ask(one, agent, upstream);
    readLog(agent, 1);
    const [file, log] = await ask(one, agent, upstream);
    expect(file!.length).toBeLessThan(numberedFile('a').length);
    expect(noteIn(log)).toBeUndefined();
    expect((await one.get('/health')).value.shared_store).toMatch(said);
    expect(one.said + JSON.stringify(await one.get('/health'))).not.toContain('planted-secret');
  });

  test('start without it, and take it in when it comes', async () => {
    const redis = await kept(startRedis());
    await redis.end();
    const [[one], upstream] = (await startReplicas(1, redis.url)) as [[Replica], LoopbackUpstream];
    expect(one.said).toContain(`shared store redis://127.0.0.1:${redis.port}: nothing listens there`);
    await redis.begin();
    await expect.poll(() => isWell(one), patience).toBe('healthy');
    const agent = beginAgent('late');
    await ask(one, agent, upstream);
    readLog(agent, 1);
    expect(noteIn((await ask(one, agent, upstream))[0])).toBeDefined();
  });
});

describe('the address of a shared store', () => {
  const resolve = (sharedStore: string, more: object = {}) => resolveProxySettings({ sharedStore, ...more }, {});

  test.each(['http://:planted-secret@x', 'redis//planted-secret', 'redis://:planted-secret@', 'planted-secret'])('is one: %s', (url) => {
    expect(() => resolve(url)).toThrow(expect.objectContaining({ code: 'bad-store' }));
    expect(() => resolve(url)).not.toThrow(/planted-secret/);
  });

  test('changes how notes name an original: no file of one machine', () => {
    expect(resolve('redis://cache:6379/2').recovery).toBe('command');
    expect(resolve('rediss://u:p@cache', { host: '0.0.0.0', token: 'a-token-of-somebody' }).recovery).toBeUndefined();
    expect(() => resolve('redis://cache', { recovery: 'path' })).toThrow(/another replica may have the file/);
    expect(() => resolve('redis://cache', { ephemeral: true })).toThrow(/cannot go together/);
  });
});

/** Each request of a conversation shows what the one before it showed, and no less. */
function expectExtends({ requests }: LoopbackUpstream, agent: Agent): void {
  const opening = JSON.stringify(agent.messages[0]!.content[0]!.text);
  let before: readonly string[] = [];
  for (const { body } of requests) {
    if (!body.includes(opening)) continue;
    const results = resultsIn(body);
    const shared = Math.min(before.length, results.length);
    expect(results.slice(0, shared)).toEqual(before.slice(0, shared));
    before = results;
  }
}
