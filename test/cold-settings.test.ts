/** Other settings for a while, on the wire: what was sent stays as it was sent, whoever goes on with the conversation, and what is new is shrunk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeeper } from '../src/launch/keep-originals.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import type { ProxySettings } from '../src/proxy/records.ts';
import { cacheParts } from '../src/store/place.ts';
import { numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';
import { bigLog } from './helpers/replicas.ts';
import { bodyAfter, type Turn, usageAnswer } from './helpers/status-turns.ts';

const kept = closesAfterEach();
let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-settings-'));
  now = 1_700_000_000;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const readFile = (name: string): Turn => ({ command: `cat -n ${name}`, output: numberedFile(name) });
const talk: readonly Turn[] = [readFile('a'), { command: 'docker logs web', output: bigLog(1) }, ...['b', 'c', 'd'].map(readFile)];

/** What an agent asks after so many turns, of a process of its own. `characters`: to a token. */
async function send(upstream: string, length: number, changes: Partial<ProxySettings> = {}, characters = 4): Promise<void> {
  const { originals, decisions } = cacheParts(folder);
  const settings: Partial<ProxySettings> = {
    ...{ profile: 'standard', isOurs: false, decisions: { folder: decisions } },
    originals: { folder: originals, privateFolder: folder },
    ...changes,
  };
  const keep = settings.profile === 'standard' ? createKeeper({ folder: originals, privateFolder: join(folder, 'one') }) : undefined;
  const pipeline = createPipeline({ count: (text) => Math.ceil(text.length / characters), ...(keep ? { keep } : {}) });
  const readClock = () => ({ time: now * 1000, up: now, host: 'here' });
  const proxy = await startTestProxy(upstream, settings, { createPipeline: () => pipeline, readClock });
  await post(proxy.address, bodyAfter(talk.slice(0, length)));
  await proxy.close();
  now += 10;
}

test.each<[string, Partial<ProxySettings>, number]>([
  ['off', { mode: 'off' }, 4],
  ['in the other profile', { profile: 'lossless' }, 4],
  ['under a version that takes everything for small', { version: 'other' }, 1000],
])('%s, and back again', async (_, changes, characters) => {
  const upstream = await kept(startUpstream(({ response }) => response.writeHead(200).end(usageAnswer())));
  const sent = async (length: number, ...as: [Partial<ProxySettings>?, number?]) => {
    await send(upstream.url, length, ...as);
    return resultsIn(upstream.requests.at(-1)!.body);
  };
  const whole = talk.map(({ output }) => output);
  await sent(0);
  await sent(1);
  const before = await sent(2);
  expect(before[0]).not.toBe(whole[0]);
  expect(before[1]).toContain(' not shown, full text: ');
  const between = await sent(3, changes, characters);
  // Nothing is changed where it is off, and nobody has sent what follows those in the form that they had.
  expect(between.slice(0, 2)).toEqual(changes.mode === 'off' ? whole.slice(0, 2) : before);
  const stands = changes.mode === 'off' ? before : between;
  for (const length of [4, 5]) {
    const after = await sent(length);
    expect(after.slice(0, stands.length)).toEqual(stands);
    for (const [at, text] of after.entries()) if (at > 2) expect(text.length).toBeLessThan(whole[at]!.length);
  }
});

test('begun while it was off: what was sent then stays as it came, and what is new is shrunk', async () => {
  const upstream = await kept(startUpstream(({ response }) => response.writeHead(200).end(usageAnswer())));
  for (const length of [0, 1, 2]) await send(upstream.url, length, { mode: 'off' });
  for (const length of [3, 4, 5]) {
    await send(upstream.url, length);
    const sent = resultsIn(upstream.requests.at(-1)!.body);
    // The newest too: nobody knows whether it was sent and its reply lost.
    expect(sent.slice(0, 3)).toEqual(talk.slice(0, 3).map(({ output }) => output));
    for (const [at, text] of sent.entries()) if (at > 2) expect(text.length).toBeLessThan(talk[at]!.output.length);
  }
});
