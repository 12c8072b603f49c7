/** A shared store behind TLS and a user of its own: what it takes to get in, what is said to who does not, and that the password is in nothing. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { checkStore, describeStore } from '../src/store/store-address.ts';
import { type Agent, spell } from './helpers/cache-agents.ts';
import { resultsIn } from './helpers/loopback-bodies.ts';
import { send } from './helpers/loopback-client.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { type LoopbackUpstream, startUpstream } from './helpers/loopback-upstream.ts';
import { noRedis, noRedisTls, type RedisServer, startRedis } from './helpers/redis-server.ts';
import { beginAgent, bigLog, noteIn, type Replica, readLog, startReplica } from './helpers/replicas.ts';

const kept = closesAfterEach();
const open: Replica[] = [];
afterEach(async () => {
  for (const replica of open.splice(0)) await replica.close();
});

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/tls/${name}`, import.meta.url));
const authority = { NODE_EXTRA_CA_CERTS: fixture('ca.pem') };
const tls = (certificate = 'server.pem') => ({
  authority: fixture('ca.pem'),
  certificate: fixture(certificate),
  key: fixture('server-key.pem'),
});
const patience = { timeout: 10_000 };
/** Spelled in an address, `@`, `/` and `%` are `%40`, `%2F` and `%25`. */
const password = 'planted@se/cr%et';
/** What the README says that a user of its own has to be allowed. */
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const commands = /`~headroom:\* -@all ((?:\+[a-z]+ ?)+)`/
  .exec(readme)![1]!
  .split(' ')
  .map((word) => word.slice(1));

async function startReplicaOf(url: string, environment: Record<string, string>, args: readonly string[] = []) {
  const upstream = await kept(startUpstream());
  const replica = await startReplica(['--upstream', upstream.url, ...args], { HEADROOM_STORE: url, ...environment });
  open.push(replica);
  return { replica, upstream };
}

async function ask(replica: Replica, agent: Agent, upstream: LoopbackUpstream): Promise<string[]> {
  expect((await send(`${replica.base}/v1/messages`, { method: 'POST', body: spell(agent, 0) })).status).toBe(200);
  return resultsIn(upstream.requests.at(-1)!.body);
}

/** A user who may do this and no more; gives the address with what lets it in. */
async function addUser(redis: RedisServer, may: readonly string[]): Promise<string> {
  await redis.client.acl(
    'SETUSER',
    'team',
    'on',
    `>${password}`,
    '~headroom:*',
    'resetchannels',
    '-@all',
    ...may.map((name) => `+${name}`),
  );
  return redis.url.replace('//', `//team:${encodeURIComponent(password)}@`);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

describe.skipIf(noRedisTls)('a Redis that speaks TLS', { timeout: 60_000 }, () => {
  test('is shared by a user of its own who may do no more than is needed, and the password is in nothing', async () => {
    const redis = await kept(startRedis([], tls()));
    const url = await addUser(redis, commands);
    const [one, two] = [await startReplicaOf(url, authority, ['--explain', 'explain.jsonl']), await startReplicaOf(url, authority)];
    const agent = beginAgent('behind TLS');
    await ask(one.replica, agent, one.upstream);
    readLog(agent, 1);
    const [text] = await ask(one.replica, agent, one.upstream);
    const name = noteIn(text)!;
    expect(name).toBeDefined();
    expect(await ask(two.replica, agent, two.upstream)).toEqual([text]);
    expect((await two.replica.get(`/v1/retrieve/${name}`)).value.original_content).toBe(bigLog(1));
    await expect
      .poll(async () => (await one.replica.get('/stats')).value.requests, patience)
      .toEqual((await two.replica.get('/stats')).value.requests);
    const retrieved = await two.replica.machine.run(['retrieve', name], { HEADROOM_STORE: url, ...authority });
    expect(retrieved.stdout).toBe(bigLog(1));
    // Told of trouble too.
    await redis.end();
    await expect.poll(async () => (await one.replica.get('/readyz')).value.status, patience).toBe('degraded');
    const answers = await Promise.all(['/health', '/stats', '/metrics'].map((path) => send(`${one.replica.base}${path}`)));
    const settings = await one.replica.machine.run(['config'], { HEADROOM_STORE: url });
    const doctor = await one.replica.machine.run(['doctor'], { HEADROOM_STORE: url });
    const told = [...[one, two].map(({ replica }) => replica.said), ...answers.map(({ body }) => body.toString())];
    told.push(settings.stdout, settings.stderr, doctor.stdout, doctor.stderr, retrieved.stderr);
    const files = [...filesIn(one.replica.machine.root), ...filesIn(two.replica.machine.root)];
    expect(files.length).toBeGreaterThan(4);
    told.push(...files.map((path) => readFileSync(path, 'latin1')));
    expect(told.filter((each) => each.includes('planted') || each.includes(encodeURIComponent(password)))).toEqual([]);
    expect(one.replica.said).toMatch(/shared store rediss:\/\/127\.0\.0\.1:\d+: (the connection was lost|nothing listens there);/);
  });

  test.each<[string, string, Record<string, string>, 'yes' | 'no', RegExp]>([
    [
      'whose authority nobody told us',
      'server.pem',
      {},
      'no',
      /it is not known who signed its certificate: NODE_EXTRA_CA_CERTS names a file/,
    ],
    ['with the certificate of another', 'other.pem', authority, 'no', /its certificate is for another name/],
    ['that asks for a certificate of ours', 'server.pem', authority, 'yes', /it asks us for a certificate/],
  ])('%s takes nothing, and it is said why', async (_, certificate, environment, asks, said) => {
    const redis = await kept(startRedis([], tls(certificate)));
    await redis.client.config('SET', 'tls-auth-clients', asks);
    const { replica } = await startReplicaOf(redis.url, environment);
    expect(replica.said).toMatch(/shared store rediss:/);
    // One that hangs up may do so before its reason is read.
    await expect.poll(async () => (await replica.get('/health')).value.shared_store, patience).toMatch(said);
    expect(await redis.client.keys('*')).toEqual([]);
  });

  test('hangs up on who asks plainly, who is told so', async () => {
    const redis = await kept(startRedis([], tls()));
    const { replica } = await startReplicaOf(redis.url.replace('rediss', 'redis'), {});
    expect(replica.said).toMatch(/it hangs up at once: perhaps it wants rediss:\/\//);
  });
});

describe.skipIf(noRedis)('a Redis that takes only part of what is asked', { timeout: 60_000 }, () => {
  test.each(['rpush', 'eval', 'hset', 'multi'])('is away for a user who may not %s, told once, until the user may', async (missing) => {
    const redis = await kept(startRedis());
    const url = await addUser(
      redis,
      commands.filter((name) => name !== missing),
    );
    const { replica, upstream } = await startReplicaOf(url, {});
    const agent = beginAgent('not allowed');
    await ask(replica, agent, upstream);
    readLog(agent, 1);
    expect(noteIn((await ask(replica, agent, upstream))[0])).toBeUndefined();
    expect((await replica.get('/readyz')).value.status).toBe('degraded');
    // Longer than between two tries.
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(replica.said.match(/shared store /g)).toHaveLength(1);
    expect(replica.said).toMatch(/its user may not run all that is needed/);
    await redis.client.acl('SETUSER', 'team', `+${missing}`);
    await expect.poll(async () => (await replica.get('/readyz')).value.status, patience).toBe('healthy');
    readLog(agent, 2);
    expect(noteIn((await ask(replica, agent, upstream))[1])).toBeDefined();
  });

  test('that has no such database is never given to another one', async () => {
    const redis = await kept(startRedis());
    const { replica, upstream } = await startReplicaOf(`${redis.url}/99`, {});
    const agent = beginAgent('elsewhere');
    await ask(replica, agent, upstream);
    readLog(agent, 1);
    await ask(replica, agent, upstream);
    expect(replica.said).toMatch(/it has no database of that number/);
    expect(await redis.client.keys('*')).toEqual([]);
  });

  test('is asked in the database that the address names, also after it was away', async () => {
    const redis = await kept(startRedis());
    const { replica, upstream } = await startReplicaOf(`${redis.url}/3`, {});
    await redis.end();
    await expect.poll(async () => (await replica.get('/readyz')).value.status, patience).toBe('degraded');
    await redis.begin();
    await expect.poll(async () => (await replica.get('/readyz')).value.status, patience).toBe('healthy');
    const agent = beginAgent('third');
    await ask(replica, agent, upstream);
    readLog(agent, 1);
    expect(noteIn((await ask(replica, agent, upstream))[0])).toBeDefined();
    expect(await redis.client.keys('*')).toEqual([]);
    await redis.client.select(3);
    expect((await redis.client.keys('headroom:original:*')).length).toBe(1);
  });
});

describe('the address of a shared store', () => {
  test.each([
    'redis://u:%zz-planted@host',
    'redis://u%:planted@host',
    'redis://host/0?password=planted',
    'redis://host#planted',
    'redis://host/70000',
  ])('is none: %s', (url) => {
    expect(() => checkStore(url)).toThrow(expect.objectContaining({ code: 'bad-store' }));
    expect(() => checkStore(url)).not.toThrow(/planted/);
  });

  test.each([
    ['redis://u:p%40x@cache.internal', 'redis://cache.internal:6379'],
    ['rediss://:p@[::1]:7000/2', 'rediss://[::1]:7000/2'],
  ])('is told without what opens it: %s', (url, told) => {
    expect(describeStore(checkStore(url))).toBe(told);
  });
});
