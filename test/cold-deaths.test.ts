/** Processes that record their decisions and are ended by `kill -9`, or work on one conversation at the same time: what was sent is never sent otherwise. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startProxyThread } from '../src/launch/proxy-thread.ts';
import { cacheParts } from '../src/store/place.ts';
import { type Bundle, bundle } from './helpers/bundle.ts';
import { createDice } from './helpers/dice.ts';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { settingsFor } from './helpers/loopback-settings.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';
import { type RunningProgram, startBundled } from './helpers/programs.ts';
import { bodyAfter, statusTurn, type Turn, usageAnswer } from './helpers/status-turns.ts';

const kept = closesAfterEach();
let program: Bundle;
let mortal: Bundle;
beforeAll(async () => {
  [program, mortal] = await Promise.all([bundle('serve-conversations'), bundle('mortal-worker')]);
});
afterAll(() => Promise.all([program.close(), mortal.close()]));

let folder: string;
let started: RunningProgram[];
let clock: { time: number; up: number; host: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-deaths-'));
  started = [];
  clock = { time: 1_700_000_000_000, up: 1000, host: 'here' };
  pass(0);
});
afterEach(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Seconds, on every clock. */
function pass(seconds: number): void {
  clock = { ...clock, time: clock.time + seconds * 1000, up: clock.up + seconds };
  // All at once: who notes what a reply told reads it at any time.
  writeFileSync(join(folder, 'clock-set'), JSON.stringify(clock));
  renameSync(join(folder, 'clock-set'), join(folder, 'clock'));
}

interface Served {
  readonly address: string;
  readonly program: RunningProgram;
}

/** `characters` to a token: with a thousand everything is too small to be shrunk. */
async function serve(upstream: string, characters: number): Promise<Served> {
  const { originals, decisions } = cacheParts(folder);
  const settings = settingsFor(upstream, {
    profile: 'standard',
    originals: { folder: originals, privateFolder: join(folder, 'launches', String(started.length)) },
    decisions: { folder: decisions },
    isOurs: false,
  });
  const running = startBundled(program, [JSON.stringify(settings), join(folder, 'clock'), String(characters)]);
  started.push(running);
  await expect.poll(() => running.lines().length, { timeout: 30_000 }).toBe(1);
  return { address: running.lines()[0]!, program: running };
}

async function end({ program: { child, ended } }: Served): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

function startProvider() {
  return kept(startUpstream(({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(usageAnswer())));
}

/** Holds every body to all that were sent since the provider last forgot everything. */
function expectOneStory(bodies: readonly (Buffer | string)[]): void {
  const known: string[] = [];
  for (const body of bodies)
    for (const [at, text] of resultsIn(body).entries()) {
      known[at] ??= text;
      expect(text).toBe(known[at]);
    }
}

/** Shrinks at first sight, and is superseded by the next. */
const turn = (n: number): Turn =>
  n % 2 === 0
    ? statusTurn(n)
    : {
        command: `cat -n file-${n}`,
        output: Array.from({ length: 90 }, (_, at) => `${`${at + 1}`.padStart(6)}\tline ${at} of ${n}`).join('\n'),
      };

describe('kill -9', () => {
  test.each([1, 2])('at any instant, and half a line in the store, schedule %i', async (seed) => {
    const upstream = await startProvider();
    const dice = createDice(seed);
    const turns: Turn[] = [];
    let proxy = await serve(upstream.url, 4);
    let begun = 0;
    let kills = 0;
    let rewritten = 0;
    for (let n = 0; n < 16; n++) {
      pass(10);
      if (n === 8 || n === 12) {
        expectOneStory(upstream.requests.slice(begun).map(({ body }) => body));
        begun = upstream.requests.length;
        pass(400);
      }
      if (dice(2) === 0) {
        const dying = post(proxy.address, bodyAfter(turns)).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, dice(12)));
        await end(proxy);
        await dying;
        kills++;
        const { decisions } = cacheParts(folder);
        for (const name of readdirOf(decisions)) {
          const half = readFileSync(join(decisions, name), 'utf8').trimEnd().split('\n').at(-1)!;
          if (dice(2) === 0) appendFileSync(join(decisions, name), `\n${half.slice(0, dice(half.length))}`);
        }
        // The next one would decide otherwise, had it to decide.
        proxy = await serve(upstream.url, kills % 2 === 0 ? 4 : 1000);
      }
      expect((await post(proxy.address, bodyAfter(turns))).status).toBe(200);
      const sent = resultsIn(upstream.requests.at(-1)!.body);
      rewritten += sent.filter((text, at) => text !== turns[at]!.output).length;
      turns.push(turn(n));
    }
    expectOneStory(upstream.requests.slice(begun).map(({ body }) => body));
    expect(kills).toBeGreaterThan(3);
    expect(rewritten).toBeGreaterThan(20);
  });
});

function readdirOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

test('two processes on one conversation, at the same time and by turns: one story, through a cold moment', async () => {
  const upstream = await startProvider();
  const both = await Promise.all([serve(upstream.url, 4), serve(upstream.url, 1000)]);
  const turns: Turn[] = [];
  let begun = 0;
  let cold = '';
  for (let n = 0; n < 14; n++) {
    pass(10);
    if (n === 9) {
      expectOneStory(upstream.requests.slice(begun).map(({ body }) => body));
      begun = upstream.requests.length;
      pass(400);
    }
    const asked = n % 3 === 0 ? both : [both[n % 2]!];
    await Promise.all(asked.map(({ address }) => post(address, bodyAfter(turns))));
    if (n === 10) cold = resultsIn(upstream.requests.at(-1)!.body)[0]!;
    turns.push(turn(n));
  }
  expectOneStory(upstream.requests.slice(begun).map(({ body }) => body));
  expect(upstream.requests.some(({ body }) => resultsIn(body).some((text, at) => text !== turns[at]!.output))).toBe(true);
  expect(resultsIn(upstream.requests.at(-1)!.body)[0]).toBe(cold);
});

test('a worker that dies knows what it sent and what somebody else had', async () => {
  const upstream = await startProvider();
  const [a, b, c] = ['alpha', 'beta', 'gamma'].map((name) => numberedFile(name)) as [string, string, string];
  const restarts: unknown[] = [];
  const settings = settingsFor(upstream.url, { decisions: { folder: cacheParts(folder).decisions }, isOurs: false });
  const owner = { onRecord: () => {}, onRestart: (restart: unknown) => restarts.push(restart) };
  const thread = await kept(startProxyThread(settings, owner, mortal.file));
  // Met with history, which stays as it is; what comes then is shrunk.
  await post(thread.address, bodyWith([a]));
  await post(thread.address, bodyWith([a, b]));
  const before = resultsIn(upstream.requests.at(-1)!.body);
  expect(before[0]).toBe(a);
  expect(before[1]).not.toBe(b);
  await post(thread.address, bodyWith([a, b, 'die by exit'])).catch(() => {});
  await expect.poll(() => restarts.length).toBe(1);
  await expect
    .poll(() =>
      post(thread.address, bodyWith([a, b, c])).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  const after = resultsIn(upstream.requests.at(-1)!.body);
  expect(after.slice(0, 2)).toEqual(before);
  expect(after[2]).not.toBe(c);
});
