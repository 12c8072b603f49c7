/** What is certain of a conversation, and what only its next request may go by: forks, versions and profiles, what a reply tells, and when a lever is off. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Usage } from '../src/block.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import { judgeUsage } from '../src/pipeline/evidence.ts';
import type { ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { createHistories, type Histories } from '../src/proxy/histories.ts';
import { openDecisions } from '../src/store/decision-files.ts';
import { createBesideCache, partsOfBlocks } from './helpers/beside-cache.ts';
import { numberedFile } from './helpers/loopback-bodies.ts';
import { asRequest } from './helpers/recorded-requests.ts';
import { statusTurn } from './helpers/status-turns.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-certain-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keep = () => ({ path: '/originals/0123456789abcdef' });
const count = (text: string) => Math.ceil(text.length / 4);

/** A call and what it returned. */
function turn(id: string, name: string, input: object, content: string): ParsedMessage[] {
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  ];
}
const read = (name: string) => turn(name, 'Read', { file_path: `/p/${name}.ts` }, numberedFile(name));
const begun: ParsedMessage = { role: 'user', content: 'Look at the files.' };

/** Sends what stands there after so many turns; gives the texts that went out. */
function startTalk(pipelines: Parameters<typeof createBesideCache>[1], processes = 1) {
  const cache = createBesideCache(folder, pipelines, processes);
  let now = 1_000_000;
  return {
    figures: cache.figures,
    later: (seconds: number) => {
      now += seconds;
    },
    send: async (turns: readonly ParsedMessage[][], by = 0) => {
      now += 10;
      const { conversation, size } = asRequest([begun, ...turns.flat()]);
      const { replacements, records } = await cache.send(conversation, size, partsOfBlocks(conversation), now, by);
      const results = conversation.blocks.flatMap(({ source, text }, at) => (source === 'result' ? [replacements.get(at) ?? text] : []));
      return { results, records };
    },
  };
}

test('what went out as it came does so in a fork too, though a version that would have shrunk it is asked first', async () => {
  // The other one takes everything for small.
  const talk = startTalk((by) => createPipeline({ count: by === 0 ? count : () => 1, keep }), 2);
  const turns = ['a', 'b', 'c', 'd', 'e', 'f'].map(read);
  for (const length of [0, 1, 2, 3]) await talk.send(turns.slice(0, length), 1);
  talk.later(400);
  // All of it in one request: nothing is known to have ended where the fork begins.
  const { results } = await talk.send(turns.slice(0, 4), 1);
  expect(talk.figures.cold).toBe(1);
  const fork = await talk.send([...turns.slice(0, 2), turns[5]!], 0);
  expect(fork.results.slice(0, 2)).toEqual(results.slice(0, 2));
  expect(fork.results[2]).not.toContain('2\tconst');
  const on = await talk.send(turns.slice(0, 5), 1);
  expect(on.results.slice(0, 4)).toEqual(results);
  expect(talk.figures.avoidable).toBe(0);
});

test('what somebody else had sent counts whole where a cold moment tells of it', async () => {
  const talk = startTalk(() => createPipeline({ count, keep }));
  const told = Array.from({ length: 8 }, (_, n) => turn(`t${n}`, 'Bash', { command: 'npm run status' }, statusTurn(n).output));
  // Enough calls behind them for them to be old.
  const turns = [...told, ...Array.from({ length: 30 }, (_, n) => turn(`s${n}`, 'Bash', { command: `sleep ${n}` }, 'slept'))];
  const { results } = await talk.send(turns);
  expect(results.slice(0, 8)).toEqual(told.map((_, n) => statusTurn(n).output));
  await talk.send(turns);
  talk.later(400);
  await talk.send([...turns, turn('last', 'Bash', { command: 'true' }, '')]);
  expect(talk.figures.cold).toBe(1);
  expect(talk.figures.before).toBe(results.slice(0, 8).reduce((sum, text) => sum + count(text), 0));
  expect(talk.figures.after).toBeLessThan(talk.figures.before);
});

/** As one process asks and hears; `told`: what the reply reports. */
function startAsking() {
  let now = 1_000_000;
  const pipeline = createPipeline({ count, keep });
  const start = (): Histories =>
    createHistories({
      ...{ store: openDecisions(folder), isOurs: false, allowsCold: true },
      readClock: () => ({ time: now * 1000, up: now, host: 'here' }),
    });
  let histories = start();
  return {
    restart: () => {
      histories = start();
    },
    ask: async (turns: readonly ParsedMessage[][], told: Partial<Usage>, { pause = 10, clears = false } = {}) => {
      now += pause;
      const { conversation, size } = asRequest([begun, ...turns.flat()]);
      const scope = `${conversation.scope.slice(0, -1)}${clears ? 0 : 1}`;
      const request = { conversation: { ...conversation, scope, allowsRepeats: !clears }, size, isTurn: true };
      const rewritten = await histories.rewrite(request, pipeline);
      const usage = { model: 'claude', fresh: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 9, ...told };
      const tripped = await histories.learn(rewritten, usage);
      const { replacements, records } = rewritten.rewriting;
      const results = conversation.blocks.flatMap(({ source, text }, at) => (source === 'result' ? [replacements.get(at) ?? text] : []));
      return { cold: rewritten.cold?.why, tripped, results, reasons: records.map(({ reason }) => reason) };
    },
  };
}

describe('what a reply tells', () => {
  const turns = Array.from({ length: 12 }, (_, n) => turn(`t${n}`, 'Bash', { command: 'npm run status' }, statusTurn(n).output));

  test('is nothing about the next request, where it says that nothing was read', async () => {
    const { ask } = startAsking();
    const before: string[] = [];
    for (let length = 0; length <= 10; length++) {
      const { cold, results } = await ask(turns.slice(0, length), { cacheWrite5m: 90_000 });
      expect(cold).toBeUndefined();
      expect(results.slice(0, before.length)).toEqual(before);
      before.splice(0, before.length, ...results);
    }
  });

  test('is how long something is kept, where that is longer than was asked for', async () => {
    const { ask } = startAsking();
    for (let length = 0; length <= 7; length++) await ask(turns.slice(0, length), { cacheWrite5m: 9000 });
    expect(await ask(turns.slice(0, 8), { cacheWrite1h: 9000 })).toMatchObject({ cold: undefined });
    expect(await ask(turns.slice(0, 9), {}, { pause: 3650 })).toMatchObject({ cold: undefined });
    expect(await ask(turns.slice(0, 10), {}, { pause: 3670 })).toMatchObject({ cold: 'idle' });
  });
});

describe('cache writes that we caused', () => {
  const usage = (input: number, again: number): Usage => ({
    ...{ model: 'claude', fresh: 0, cacheWrite5m: again, cacheWrite1h: 0, cacheRead: input - again, output: 9 },
  });
  test.each([
    ['three times what was expected', 100_000, 0.1, 30_000, undefined],
    ['more than that', 100_000, 0.1, 30_001, 'shrinking'],
    ['20,000 tokens more', 300_000, 0.02, 26_000, undefined],
    ['more than those', 300_000, 0.02, 26_001, 'shrinking'],
  ])('count from %s', (_, input, fresh, again, tripped) => {
    const expected = { isCold: false, hasChanged: true, fixed: 0.1, fresh };
    expect(judgeUsage(usage(input, again), expected, undefined)?.tripped).toBe(tripped);
    expect(judgeUsage(usage(input, again), { ...expected, hasChanged: false }, undefined)?.tripped).toBeUndefined();
  });

  test('twice in a conversation: nothing new is shrunk, what was sent stands, and another process knows', async () => {
    const { ask, restart } = startAsking();
    const turns = ['a', 'a', 'b', 'c', 'd', 'e'].map((name, n) =>
      turn(`t${n}`, 'Read', { file_path: `/p/${name}.ts` }, numberedFile(name)),
    );
    const own = { cacheWrite5m: 300, cacheRead: 90_000 };
    const lost = { cacheWrite5m: 90_300 };
    await ask([], own);
    await ask(turns.slice(0, 1), own);
    const first = await ask(turns.slice(0, 2), own);
    expect(first.results[1]).toContain('as above');
    // Where old results may be cleared, notes that lines stand above cannot stay.
    const cleared = await ask(turns.slice(0, 3), lost, { clears: true });
    expect(cleared).toMatchObject({ tripped: 'shrinking' });
    const back = await ask(turns.slice(0, 4), lost);
    expect(back).toMatchObject({ tripped: 'shrinking' });
    expect(back.results.slice(0, 2)).toEqual(first.results);
    for (const length of [5, 6]) {
      const { results, reasons, tripped } = await ask(turns.slice(0, length), own);
      expect(tripped).toBeUndefined();
      expect(results.slice(0, 4)).toEqual(back.results);
      expect(results.slice(4)).toEqual(['d', 'e'].slice(0, length - 4).map((name) => numberedFile(name)));
      if (length === 5) expect(reasons.at(-1)).toBe('switched off');
      restart();
    }
  });
});
