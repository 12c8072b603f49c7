/** `headroom perf --replay` and `--samples`: the model of the cache, the bill of what would have been, and the command. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCacheModel, lives } from '../src/perf/cache-model.ts';
import { readClaudeTranscript } from '../src/perf/claude-transcript.ts';
import { replayTranscript } from '../src/perf/replay.ts';
import { inputTokens } from '../src/tokens/bill.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { claudeLines, codexLines } from './helpers/transcripts.ts';

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

describe('the model of the cache', () => {
  const request = (input: number, second: number, begins = false) => ({
    time: second * 1000,
    model: 'm',
    fixed: 5000,
    input,
    output: 7,
    begins,
  });
  const none = { fresh: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 7 };

  test('reads what the request before held and writes the rest', () => {
    const model = createCacheModel(lives.short, true);
    expect(model.bill(request(8000, 0, true))).toEqual({ ...none, cacheWrite5m: 8000 });
    expect(model.bill(request(9000, 60))).toEqual({ ...none, cacheRead: 8000, cacheWrite5m: 1000 });
    expect(createCacheModel(lives.long, true).bill(request(8000, 0, true))).toEqual({ ...none, cacheWrite1h: 8000 });
  });

  test('forgets after its life, keeps system prompt and tools for a conversation begun anew, and nothing for another model', () => {
    const model = createCacheModel(lives.short, true);
    model.bill(request(8000, 0, true));
    expect(model.bill(request(9000, 301))).toEqual({ ...none, cacheWrite5m: 9000 });
    expect(model.bill(request(6000, 310, true))).toEqual({ ...none, cacheRead: 5000, cacheWrite5m: 1000 });
    expect(model.bill({ ...request(9000, 320), model: 'other' })).toEqual({ ...none, cacheWrite5m: 9000 });
  });

  test('bills in full what is too short to be cached, and what a provider without a cache gets', () => {
    expect(createCacheModel(lives.short, true).bill({ ...request(900, 0, true), fixed: 100 })).toEqual({ ...none, fresh: 900 });
    const model = createCacheModel(0, false);
    expect([model.bill(request(8000, 0, true)), model.bill(request(9000, 1))].map(({ fresh }) => fresh)).toEqual([8000, 9000]);
    const openai = createCacheModel(lives.long, false);
    openai.bill(request(8000, 0, true));
    expect(openai.bill(request(9000, 1))).toEqual({ ...none, cacheRead: 7936, fresh: 1064 });
  });
});

test('a replay bills every request twice, and what is removed is removed from each that holds it', () => {
  const [transcript] = readClaudeTranscript(claudeLines(), 's');
  const { requests, results } = replayTranscript(transcript!, { count });
  expect(results.map(({ reason }) => reason)).toEqual(['shrunk', 'shrunk']);
  const less = requests.map(({ before, after }) => inputTokens(before) - inputTokens(after));
  expect(less[0]).toBe(0);
  expect(less[1]).toBeGreaterThan(50);
  expect(less[2]).toBeGreaterThan((less[1] ?? 0) + 500);
  expect(requests.map(({ recorded }) => recorded?.cacheRead)).toEqual([10_000, 12_000, 14_000]);
});

describe('the command', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());
  const put = (name: string, text: string) => {
    const path = join(machine.home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  test('finds the conversations of Claude Code and Codex, prints the bill before and after, and writes nothing', async () => {
    put('.claude/projects/-p/s.jsonl', claudeLines());
    put('.codex/sessions/2026/01/05/rollout-1.jsonl', codexLines());
    const before = readdirSync(machine.home, { recursive: true }).sort();
    const { code, stdout, stderr } = await machine.run(['perf', '--replay']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^2 conversations · 6 requests · 2026-01-05 · replayed as standard\n {2}cost {4}~\$[\d.]+ → ~\$[\d.]+, ~[\d.]+% less \(API prices: genai-prices /,
    );
    expect(stdout).toMatch(/ {2}model {3}explains [\d.]+% of the input recorded with 5 requests/);
    expect(stdout).toMatch(/\ncache read +[\d,]+ +[\d,]+ +\$/);
    expect(readdirSync(machine.home, { recursive: true }).sort()).toEqual(before);
  });

  test('reads what it is given, tells what it cannot read, and speaks JSON', async () => {
    const good = put('mine/a.jsonl', claudeLines());
    put('mine/b.json', '{"messages": [');
    put('mine/notes.txt', 'no transcript');
    const { stdout, stderr } = await machine.run([
      'perf',
      '--replay',
      '--json',
      '--profile',
      'lossless',
      good,
      join(machine.home, 'mine'),
      '/nowhere',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ profile: 'lossless', all: { conversations: 2, requests: 6 }, check: { requests: 6 } });
    expect(stderr).toMatch(/^headroom: ENOENT.*\/nowhere'\n$/);
  });

  test('shrinks samples of every kind, or texts of one’s own with a hint beside them', async () => {
    const { code, stdout } = await machine.run(['perf', '--samples', '--json']);
    const measured = JSON.parse(stdout) as { kind: string; before: number; lossless: number; standard: number }[];
    expect(code).toBe(0);
    expect(new Set(measured.map(({ kind }) => kind)).size).toBeGreaterThan(12);
    for (const { before, lossless, standard } of measured) expect(before >= lossless && lossless >= standard).toBe(true);
    const log = Array.from(
      { length: 300 },
      (_, at) => `2026-01-05T10:00:0${at % 10}Z INFO web: GET /items/${at} answered 200 in ${at % 90} ms`,
    ).join('\n');
    put('texts/mine/web.txt', log);
    put('texts/mine/web.json', '{"command":"docker logs web"}');
    const own = JSON.parse((await machine.run(['perf', '--samples', '--json', join(machine.home, 'texts')])).stdout) as typeof measured;
    expect(own).toMatchObject([{ name: 'web.txt', kind: 'mine' }]);
    expect(own[0]!.standard).toBeLessThan(own[0]!.before / 4);
    expect((await machine.run(['perf', '--samples', join(machine.home, 'texts')])).stdout).toMatch(
      /^ +tokens +lossless +standard +ms\nmine +[\d,]+/,
    );
  });

  test.each([
    [['--samples', '/nowhere'], 'No text files in /nowhere'],
    [['--samples', '--csv'], '--samples goes with --json alone'],
    [['--replay'], 'No transcripts in '],
    [['--replay', '--csv'], '--replay goes with'],
    [['a.jsonl'], 'Paths go with --replay, --samples and --exact'],
    [['--replay', '--profile', 'zip', 'a'], 'there is no profile `zip`'],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await machine.run(['perf', ...words]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
