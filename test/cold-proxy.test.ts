/** Cold moments on the wire: a proxy that records its decisions, an upstream that tells usage, clocks that the test sets. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeeper } from '../src/launch/keep-originals.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import type { ProxySettings } from '../src/proxy/records.ts';
import { cacheParts } from '../src/store/place.ts';
import { resultsIn as allResultsIn } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { type LoopbackProxy, startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';
import { bodyAfter, statusTurn, type Turn, usageAnswer } from './helpers/status-turns.ts';

const kept = closesAfterEach();
let folder: string;
let clock: { time: number; up: number; host: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-cold-'));
  clock = { time: 1_700_000_000_000, up: 1000, host: 'here' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Milliseconds on the wall, and seconds since the machine started. */
const set = (wall: number, up: number) => {
  clock = { ...clock, time: clock.time + wall, up: clock.up + up };
};
const later = (seconds: number) => set(seconds * 1000, seconds);

const run = (command: string, output: string): Turn => ({ command, output });
const turns = Array.from({ length: 8 }, (_, n) => statusTurn(n));
/** Enough calls behind the first status for it to be old. */
const between = Array.from({ length: 30 }, (_, n) => run(`sleep ${n}`, 'slept'));

function bodyOf(told: readonly Turn[], more: object = {}): string {
  const [first, ...others] = told;
  return bodyAfter(first ? [first, ...between, ...others] : [], more);
}

function resultsIn(body: Buffer): string[] {
  return allResultsIn(body).filter((text) => text !== 'slept');
}

/** As Anthropic answers: everything was written. `read`: tokens that were not. */
async function startProvider(read = 0) {
  return kept(
    startUpstream(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(usageAnswer(read));
    }),
  );
}

async function start(upstream: string, changes: Partial<ProxySettings> = {}): Promise<LoopbackProxy> {
  const { originals, decisions } = cacheParts(folder);
  const keep = createKeeper({ folder: originals, privateFolder: join(folder, 'launches', 'one') });
  const settings: Partial<ProxySettings> = {
    profile: 'standard',
    originals: { folder: originals, privateFolder: folder },
    decisions: { folder: decisions },
    isOurs: false,
  };
  const pipeline = createPipeline({ count: (text) => Math.ceil(text.length / 4), ...(keep ? { keep } : {}) });
  return startTestProxy(upstream, { ...settings, ...changes }, { createPipeline: () => pipeline, readClock: () => clock });
}

/** A conversation that grows turn by turn, ten seconds apart. */
async function talk(proxy: LoopbackProxy, until: number, from = 0): Promise<void> {
  for (let length = from; length <= until; length++) {
    await post(proxy.address, bodyOf(turns.slice(0, length)));
    later(10);
  }
}

describe('a conversation that was left alone', () => {
  test('is rewritten once it is certainly cold, says so, and stays as it was sent from then on, in another process too', async () => {
    const upstream = await startProvider();
    const one = await start(upstream.url);
    await talk(one, 6);
    const warm = resultsIn(upstream.requests.at(-1)!.body);
    expect(warm).toEqual(turns.slice(0, 6).map(({ output }) => output));
    await one.close();

    later(400);
    const two = await start(upstream.url);
    await post(two.address, bodyOf(turns.slice(0, 7)));
    const cold = resultsIn(upstream.requests.at(-1)!.body);
    expect(cold[0]).not.toBe(warm[0]);
    expect(cold[0]).toMatch(/\n\[… \d+ lines not shown, full text: .*\/originals\/[0-9a-f]{16}\]$/);
    const [, path = ''] = /full text: (.*)\]$/.exec(cold[0] ?? '') ?? [];
    expect(readFileSync(path, 'utf8')).toBe(warm[0]);
    expect(cold.at(-1)).toBe(turns[6]!.output);
    const record = await two.record(0);
    expect(record.cold).toMatchObject({ why: 'idle' });
    expect(record.cold!.after).toBeLessThan(record.cold!.before);
    await two.close();

    later(30);
    const three = await start(upstream.url);
    await post(three.address, bodyOf(turns));
    expect(resultsIn(upstream.requests.at(-1)!.body).slice(0, 7)).toEqual(cold);
    expect((await three.record(0)).cold).toBeUndefined();
    await three.close();
  });

  test.each([
    ['a little too soon', () => later(345), {}],
    ['by the clock on the wall alone', () => set(9_000_000, 60), {}],
    ['by a clock that went back', () => set(-9_000_000, 9000), {}],
    ['with --no-cold', () => later(4000), { rewritesCold: false }],
    ['in the lossless profile', () => later(4000), { profile: 'lossless' as const }],
    ['where originals cannot be opened', () => later(4000), { originals: undefined }],
  ])('is not rewritten %s', async (_, pass, changes) => {
    const upstream = await startProvider();
    const proxy = await kept(start(upstream.url, changes));
    await talk(proxy, 6);
    pass();
    await post(proxy.address, bodyOf(turns.slice(0, 7)));
    expect(resultsIn(upstream.requests.at(-1)!.body)).toEqual(turns.slice(0, 7).map(({ output }) => output));
  });

  test('is not rewritten where no reply ever told of a cache', async () => {
    const upstream = await kept(
      startUpstream(({ response }) => response.writeHead(200).end('{"usage":{"input_tokens":50000,"output_tokens":9}}')),
    );
    const proxy = await kept(start(upstream.url));
    await talk(proxy, 6);
    later(4000);
    await post(proxy.address, bodyOf(turns.slice(0, 7)));
    expect((await proxy.record(7)).cold).toBeUndefined();
  });
});

describe('another model', () => {
  const other = { model: 'claude-sonnet-5' };

  test('reads nothing that the first one wrote; who comes back finds what it wrote', async () => {
    const upstream = await startProvider();
    const proxy = await kept(start(upstream.url));
    await talk(proxy, 6);
    const first = resultsIn(upstream.requests.at(-1)!.body);
    await post(proxy.address, bodyOf(turns.slice(0, 7), other));
    const second = resultsIn(upstream.requests.at(-1)!.body);
    expect((await proxy.record(7)).cold).toMatchObject({ why: 'model' });
    expect(second[0]).not.toBe(first[0]);
    await post(proxy.address, bodyOf(turns, other));
    expect(resultsIn(upstream.requests.at(-1)!.body).slice(0, 7)).toEqual(second);
    await post(proxy.address, bodyOf(turns));
    expect(resultsIn(upstream.requests.at(-1)!.body).slice(0, 6)).toEqual(first);
  });

  test('a system prompt that differs in every request is no change', async () => {
    const upstream = await startProvider();
    const proxy = await kept(start(upstream.url));
    for (let length = 0; length <= 8; length++) {
      await post(proxy.address, bodyOf(turns.slice(0, length), { system: `be kind ${length}` }));
      later(10);
    }
    expect(resultsIn(upstream.requests.at(-1)!.body)).toEqual(turns.map(({ output }) => output));
    expect(proxy.records.filter(({ cold }) => cold)).toEqual([]);
  });
});

describe('history from before us', () => {
  /** Long enough to be shrunk at first sight. */
  const numbered = (n: number) =>
    run(`cat -n file-${n}`, Array.from({ length: 150 }, (_, at) => `${String(at + 1).padStart(6)}\tline ${at} of file ${n}`).join('\n'));
  const history = [0, 1, 2, 3, 4].map(numbered);

  test('stays as it came, what is new is shrunk, and all of it is once it is cold', async () => {
    const upstream = await startProvider();
    const proxy = await kept(start(upstream.url));
    for (const length of [3, 4, 5]) {
      await post(proxy.address, bodyOf(history.slice(0, length)));
      const sent = resultsIn(upstream.requests.at(-1)!.body);
      expect(sent.slice(0, 3)).toEqual(history.slice(0, 3).map(({ output }) => output));
      for (const [n, text] of sent.slice(3).entries()) expect(text.length).toBeLessThan(history[n + 3]!.output.length);
      later(10);
    }
    later(400);
    await post(proxy.address, bodyOf(history));
    for (const [n, text] of resultsIn(upstream.requests.at(-1)!.body).entries())
      expect(text.length).toBeLessThan(history[n]!.output.length);
  });

  test('is ours where the owner says so', async () => {
    const upstream = await startProvider();
    const proxy = await kept(start(upstream.url, { isOurs: true }));
    await post(proxy.address, bodyOf(history));
    for (const [n, text] of resultsIn(upstream.requests.at(-1)!.body).entries())
      expect(text.length).toBeLessThan(history[n]!.output.length);
  });
});

describe('the store', () => {
  test('is ours alone, holds one line for a request, and nothing of it is needed that was cut short', async () => {
    const upstream = await startProvider();
    const one = await start(upstream.url);
    await talk(one, 3);
    await one.close();
    const { decisions } = cacheParts(folder);
    const [name = ''] = readdirSync(decisions);
    expect(readdirSync(decisions)).toHaveLength(1);
    expect([decisions, join(decisions, name)].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
    const text = readFileSync(join(decisions, name), 'utf8');
    expect(text.split('\n').filter((line) => line.includes('"sent"'))).toHaveLength(4);
    truncateSync(join(decisions, name), text.length - 40);
    const two = await kept(start(upstream.url));
    await post(two.address, bodyOf(turns.slice(0, 4)));
    expect((await two.record(0)).status).toBe(200);
  });

  test('that cannot be written: nothing is rewritten, everything else goes on', async () => {
    const upstream = await startProvider();
    const proxy = await kept(start(upstream.url));
    await talk(proxy, 6);
    const { decisions } = cacheParts(folder);
    rmSync(decisions, { recursive: true });
    writeFileSync(decisions, 'in the way');
    later(400);
    await post(proxy.address, bodyOf(turns.slice(0, 7)));
    expect(resultsIn(upstream.requests.at(-1)!.body)).toEqual(turns.slice(0, 7).map(({ output }) => output));
    rmSync(decisions);
    later(400);
    await post(proxy.address, bodyOf(turns));
    expect(resultsIn(upstream.requests.at(-1)!.body)[0]).not.toBe(turns[0]!.output);
    expect((await proxy.record(7)).status).toBe(200);
  });
});

test('a 400 takes back for good: another process sends what was refused as it came, and what was accepted as it was sent', async () => {
  const numbered = (n: number) =>
    run(`cat -n file-${n}`, Array.from({ length: 150 }, (_, at) => `${String(at + 1).padStart(6)}\tline ${at} of file ${n}`).join('\n'));
  const files = [0, 1, 2].map(numbered);
  let refusals = 0;
  const upstream = await kept(
    startUpstream(({ response }) => {
      if (refusals-- > 0) response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end(usageAnswer());
    }),
  );
  const one = await start(upstream.url);
  await post(one.address, bodyAfter([]));
  await post(one.address, bodyAfter(files.slice(0, 1)));
  const [accepted] = resultsIn(upstream.requests.at(-1)!.body);
  expect(accepted).not.toBe(files[0]!.output);
  refusals = 1;
  await post(one.address, bodyAfter(files.slice(0, 2)));
  expect(resultsIn(upstream.requests.at(-1)!.body)).toEqual([accepted, files[1]!.output]);
  await one.close();
  const { decisions } = cacheParts(folder);
  const text = readFileSync(join(decisions, readdirSync(decisions)[0]!), 'utf8');
  expect(text.split('\n').filter((line) => line.includes('"takenBack"'))).toHaveLength(1);
  const two = await kept(start(upstream.url));
  await post(two.address, bodyAfter(files));
  const sent = resultsIn(upstream.requests.at(-1)!.body);
  expect(sent.slice(0, 2)).toEqual([accepted, files[1]!.output]);
  expect(sent[2]).not.toBe(files[2]!.output);
});

test('a life that is set for tests counts to the second, the margin included', async () => {
  const upstream = await startProvider();
  const proxy = await kept(start(upstream.url, { cacheLife: 30 }));
  await talk(proxy, 6);
  later(19);
  await post(proxy.address, bodyOf(turns.slice(0, 7)));
  expect((await proxy.record(7)).cold).toBeUndefined();
  later(31);
  await post(proxy.address, bodyOf(turns));
  expect((await proxy.record(8)).cold).toMatchObject({ why: 'idle' });
});

test('twice wrong about the cold, and it is not tried again', async () => {
  const upstream = await startProvider(200_000);
  const proxy = await kept(start(upstream.url));
  await talk(proxy, 4);
  for (const length of [5, 6, 7]) {
    later(400);
    await post(proxy.address, bodyOf(turns.slice(0, length)));
  }
  const told = proxy.records.map(({ cold, tripped }) => [cold?.why, tripped]);
  expect(told.slice(-3)).toEqual([
    ['idle', 'cold cache'],
    ['idle', 'cold cache'],
    [undefined, undefined],
  ]);
});
