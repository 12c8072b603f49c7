/** The worker can die: another takes its place on the same address, with every skip, and the agent's retry finds it. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type ProxyRestart, type ProxyThread, startProxyThread } from '../src/launch/proxy-thread.ts';
import type { ExchangeRecord, ProxySettings } from '../src/proxy/records.ts';
import { type Bundle, bundle } from './helpers/bundle.ts';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { type Answered, chunksOf, open, post } from './helpers/loopback-client.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { settingsFor } from './helpers/loopback-settings.ts';
import { answerMessage, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const [a, b, c] = ['alpha', 'beta', 'gamma'].map((name) => numberedFile(name)) as [string, string, string];

let mortal: Bundle;
beforeAll(async () => {
  mortal = await bundle('mortal-worker');
});
afterAll(() => mortal.close());

interface Watched extends ProxyThread {
  readonly records: ExchangeRecord[];
  readonly restarts: ProxyRestart[];
}

async function start(upstream: string, changes: Partial<ProxySettings> = {}, file = mortal.file): Promise<Watched> {
  const records: ExchangeRecord[] = [];
  const restarts: ProxyRestart[] = [];
  const owner = {
    onRecord: (record: ExchangeRecord) => records.push(record),
    onRestart: (restart: ProxyRestart) => restarts.push(restart),
  };
  const thread = await startProxyThread(settingsFor(upstream, changes), owner, file);
  return { ...thread, records, restarts };
}

/** What agents do: again while nobody answers. */
async function persist(address: string, body: string): Promise<Answered> {
  for (;;) {
    try {
      return await post(address, body);
    } catch (thrown) {
      expect((thrown as { code: string }).code).toMatch(/ECONNREFUSED|ECONNRESET|EPIPE/);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

test('the worker as it is shipped listens, shrinks, tells and frees its port', async () => {
  const upstream = await kept(startUpstream());
  const shipped = pathToFileURL(join(inject('dist'), 'proxy-worker.js'));
  const thread = await start(upstream.url, { version: 'dies young' }, shipped);
  expect(thread.address).toBe(`http://127.0.0.1:${new URL(thread.address).port}/${thread.secret}`);
  expect(thread.state()).toBe('running');
  await post(thread.address, bodyWith([a]));
  expect(resultsIn(upstream.requests[0]!.body)).not.toEqual([a]);
  await Promise.all([thread.close(), thread.close()]);
  expect(thread.state()).toBe('closed');
  expect(thread.records).toHaveLength(1);
  expect(thread.records[0]).toMatchObject({ outcome: 'answered', usage: { fresh: 11 } });
  await expect(post(thread.address, '{}')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('nothing a tool says kills the worker as it is shipped', async () => {
  const upstream = await kept(startUpstream());
  const thread = await kept(start(upstream.url, {}, pathToFileURL(join(inject('dist'), 'proxy-worker.js'))));
  await post(thread.address, bodyWith(['die by exit']));
  expect(thread.restarts).toEqual([]);
});

test.each([
  ['exit', /code 7/],
  ['throw', /thrown where nobody catches/],
  ['reject', /rejected where nobody looks/],
  ['memory', /memory/],
])('after a death by %s the same address answers, and nothing already decided changes', async (way, reason) => {
  let refusals = 1;
  const upstream = await kept(
    startUpstream((seen) => {
      if (refusals-- > 0) seen.response.writeHead(400).end('{}');
      else answerMessage(seen);
    }),
  );
  const thread = await kept(start(upstream.url));
  // Refused once, so that it goes as it came from now on; then one that is shrunk.
  await post(thread.address, bodyWith([a]));
  await post(thread.address, bodyWith([a, b]));
  const decided = resultsIn(upstream.requests.at(-1)!.body);
  expect(decided[0]).toBe(a);
  expect(decided[1]).not.toBe(b);

  const fatal = post(thread.address, bodyWith([`die by ${way}`]));
  await fatal.catch(() => {});
  const { status } = await persist(thread.address, bodyWith([a, b, c]));
  expect(status).toBe(200);
  await expect.poll(() => thread.restarts).toEqual([{ reason: expect.stringMatching(reason), state: 'restarting' }]);
  const after = resultsIn(upstream.requests.at(-1)!.body);
  expect(after.slice(0, 2)).toEqual(decided);
  expect(after[2]).not.toBe(c);
  expect(thread.state()).toBe('running');
});

test('a request in flight at the death is broken off, and its retry is served', async () => {
  const upstream = await kept(
    startUpstream((seen) => {
      if (resultsIn(seen.body)[0] !== 'held') return answerMessage(seen);
      seen.response.writeHead(200, { 'content-type': 'text/event-stream' });
      seen.response.write('data: x\n\n');
    }),
  );
  const thread = await kept(start(upstream.url));
  const next = chunksOf(await open(`${thread.address}/v1/messages`, { method: 'POST', body: bodyWith(['held']) }).reply);
  await next();
  const fatal = post(thread.address, bodyWith(['die by exit']));
  await expect(fatal).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(next()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await (await upstream.seen(0)).closed;
  expect((await persist(thread.address, bodyWith([a]))).status).toBe(200);
});

test('a request that kills every worker passes through in the end, and the session goes on plain', async () => {
  const upstream = await kept(startUpstream());
  const thread = await kept(start(upstream.url));
  const { status } = await persist(thread.address, bodyWith([a, 'die by exit']));
  expect(status).toBe(200);
  expect(resultsIn(upstream.requests[0]!.body)).toEqual([a, 'die by exit']);
  expect(thread.restarts.map(({ state }) => state)).toEqual(['restarting', 'restarting', 'restarting']);
  expect(thread.state()).toBe('plain');
});

test('a worker that dies again and again is given up', async () => {
  const upstream = await kept(startUpstream());
  const thread = await kept(start(upstream.url, { version: 'dies young' }));
  await expect.poll(() => thread.state(), { timeout: 20_000 }).toBe('gave-up');
  expect(thread.restarts.map(({ state }) => state)).toEqual([...Array(4).fill('restarting'), 'gave-up']);
  await expect(post(thread.address, '{}')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('closing between two workers starts none', async () => {
  const upstream = await kept(startUpstream());
  const thread = await start(upstream.url, { version: 'dies young' });
  // By now the next start is a while off.
  await expect.poll(() => thread.restarts.length, { timeout: 20_000, interval: 1 }).toBe(4);
  await thread.close();
  const until = performance.now() + 800;
  while (performance.now() < until) await expect(post(thread.address, '{}')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(thread.restarts).toHaveLength(4);
  expect(thread.state()).toBe('closed');
});

test('closing ends what is in flight and still hands out its record', async () => {
  const upstream = await kept(startUpstream(() => {}));
  const thread = await start(upstream.url);
  const { reply } = open(`${thread.address}/v1/messages`, { method: 'POST', body: bodyWith([a]) });
  const seen = await upstream.seen(0);
  await thread.close();
  await expect(reply).rejects.toMatchObject({ code: 'ECONNRESET' });
  await seen.closed;
  expect(thread.records).toMatchObject([{ outcome: 'aborted', blocks: [{ key: expect.any(String) }] }]);
});

test('what the worker prints stays out of the agent’s screen', async () => {
  const upstream = await kept(startUpstream());
  const program = await kept(bundle('print-in-worker'));
  const { all, exitCode } = await execa(process.execPath, [fileURLToPath(program.file), mortal.file.href, upstream.url], { all: true });
  expect({ all, exitCode }).toEqual({ all: '200', exitCode: 0 });
});

test('nothing in the proxy warns or is deprecated, also outside node_modules', async () => {
  const program = await kept(bundle('send-each-kind'));
  const options = ['--throw-deprecation', '--pending-deprecation'];
  const { all, exitCode } = await execa(process.execPath, [...options, fileURLToPath(program.file)], { all: true, reject: false });
  expect({ all, exitCode }).toEqual({ all: '200 200 200', exitCode: 0 });
});

test('a start that cannot be is a Failure', async () => {
  const upstream = await kept(startUpstream());
  await expect(start('nonsense')).rejects.toMatchObject({ name: 'Failure', code: 'upstream-address' });
  await expect(start(upstream.url, { port: upstream.port })).rejects.toMatchObject({ name: 'Failure', message: /EADDRINUSE/ });
  await expect(start(upstream.url, {}, new URL('./no-such-worker.mjs', mortal.file))).rejects.toMatchObject({ name: 'Failure' });
});
