/** `headroom perf --replay`: transcripts in, requests out; the model of the cache; the bill of what would have been. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCacheModel, lives } from '../src/perf/cache-model.ts';
import { readClaudeTranscript } from '../src/perf/claude-transcript.ts';
import { isCodexTranscript, readCodexTranscript } from '../src/perf/codex-transcript.ts';
import { readNormalTranscript } from '../src/perf/normal-transcript.ts';
import { replayTranscript } from '../src/perf/replay.ts';
import type { Transcript } from '../src/perf/transcript.ts';
import { inputTokens } from '../src/tokens/bill.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { createMachine, type Machine } from './helpers/launches.ts';

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

const code = Array.from({ length: 60 }, (_, at) => `${at + 1}\t  const value${at} = compute(${at}, 'argument number ${at}');`).join('\n');
const time = (second: number) => new Date(Date.UTC(2026, 0, 5, 10, 0, second)).toISOString();
const lines = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

/** The lines of Claude Code: a prompt, and a file read twice. */
function claudeLines(extra: readonly unknown[] = []): string {
  const line = (uuid: string, parentUuid: string | null, second: number, rest: object) => ({
    uuid,
    parentUuid,
    timestamp: time(second),
    isSidechain: false,
    sessionId: 's',
    ...rest,
  });
  const usage = (read: number) => ({
    input_tokens: 3,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: 2000,
    output_tokens: 40,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2000 },
  });
  const said = (id: string, part: unknown, read: number) => ({
    type: 'assistant',
    message: { id, role: 'assistant', model: 'claude-opus-4-7', content: [part], usage: usage(read) },
  });
  const call = (id: string) => ({ type: 'tool_use', id, name: 'Read', input: { file_path: '/p/a.ts' } });
  const result = (id: string) => ({
    type: 'user',
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: code }] },
  });
  return lines([
    { type: 'queue-operation', sessionId: 's' },
    line('u1', null, 0, { type: 'user', message: { role: 'user', content: 'look at a.ts' } }),
    line('a1', 'u1', 2, said('m1', { type: 'text', text: 'I will.' }, 10_000)),
    line('a2', 'a1', 2, said('m1', call('t1'), 10_000)),
    line('u2', 'a2', 3, result('t1')),
    line('a3', 'u2', 5, said('m2', call('t2'), 12_000)),
    line('u3', 'a3', 6, result('t2')),
    line('a4', 'u3', 9, said('m3', { type: 'text', text: 'Done.' }, 14_000)),
    ...extra.map((each, at) => line(`x${at}`, at === 0 ? 'a4' : `x${at - 1}`, 20 + at, each as object)),
  ]);
}

const sizes = (transcript: Transcript | undefined) => transcript?.requests.map(({ messages, begins }) => [messages.length, begins]);

describe('a transcript of Claude Code', () => {
  test('is one request for each message id, with what it added, its model and its usage', () => {
    const [transcript] = readClaudeTranscript(claudeLines(), 's.jsonl');
    expect(transcript?.agent).toBe('Claude Code');
    expect(sizes(transcript)).toEqual([
      [1, true],
      [3, false],
      [2, false],
    ]);
    const usage = { fresh: 3, cacheWrite5m: 0, cacheWrite1h: 2000, cacheRead: 10_000, output: 40 };
    expect(transcript?.requests[0]).toMatchObject({ model: 'claude-opus-4-7', time: Date.parse(time(2)), usage });
  });

  test('begins anew after a compaction, and goes on from an earlier line after a rewind', () => {
    const ask = { type: 'user', message: { role: 'user', content: 'go on' } };
    const answer = { type: 'assistant', message: { id: 'm9', model: 'claude-opus-4-7', content: [], usage: { input_tokens: 5 } } };
    expect(
      sizes(readClaudeTranscript(claudeLines([{ type: 'system', subtype: 'compact_boundary' }, ask, answer]), 's')[0])?.at(-1),
    ).toEqual([1, true]);
    const rewind = { ...ask, parentUuid: 'a2' };
    expect(sizes(readClaudeTranscript(claudeLines([rewind, answer]), 's')[0])?.at(-1)).toEqual([4, true]);
  });

  test('tells subagents apart, and leaves out what was asked of nobody', () => {
    const side = { isSidechain: true, agentId: 'b' };
    const extra = [
      { ...side, type: 'user', message: { role: 'user', content: 'find it' } },
      { ...side, type: 'assistant', message: { id: 'm7', model: 'claude-haiku-4-5', content: [], usage: { input_tokens: 5 } } },
      { type: 'assistant', message: { id: 'm8', model: '<synthetic>', content: [{ type: 'text', text: 'API Error' }] } },
    ];
    const [main, sub] = readClaudeTranscript(claudeLines(extra), 's');
    expect(main?.requests).toHaveLength(3);
    expect(sub).toMatchObject({ agent: 'Claude Code (subagent)', requests: [{ model: 'claude-haiku-4-5', begins: true }] });
  });
});

function codexLines(): string {
  const item = (payload: object, second = 1) => ({ timestamp: time(second), type: 'response_item', payload });
  const usage = { type: 'token_count', info: { last_token_usage: { input_tokens: 9000, cached_input_tokens: 8000, output_tokens: 50 } } };
  return lines([
    { timestamp: time(0), type: 'session_meta', payload: { id: 's' } },
    { timestamp: time(0), type: 'turn_context', payload: { model: 'gpt-5.5' } },
    item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'look' }] }),
    item({ type: 'reasoning', summary: [] }, 2),
    item({ type: 'function_call', name: 'exec_command', arguments: '{"cmd":"nl a.ts"}', call_id: 'c1' }, 2),
    { timestamp: time(2), type: 'event_msg', payload: usage },
    // The same once more, with new rate limits: it is no request.
    { timestamp: time(2), type: 'event_msg', payload: usage },
    item({ type: 'function_call_output', call_id: 'c1', output: code }, 3),
    item({ type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin Patch', call_id: 'c2' }, 4),
    { timestamp: time(4), type: 'event_msg', payload: usage },
    item({ type: 'custom_tool_call_output', call_id: 'c2', output: '{"output":"Success"}' }, 5),
    { timestamp: time(6), type: 'compacted', payload: { message: 'what was done so far' } },
    item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'go on' }] }, 7),
    item({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] }, 8),
  ]);
}

describe('a transcript of Codex', () => {
  test('is one request for each answer, with calls and outputs by their ids', () => {
    expect(isCodexTranscript(codexLines())).toBe(true);
    const [transcript] = readCodexTranscript(codexLines(), 'rollout.jsonl');
    expect(sizes(transcript)).toEqual([
      [1, true],
      [3, false],
      [2, true],
    ]);
    expect(transcript?.requests[0]).toMatchObject({ model: 'gpt-5.5', usage: { fresh: 1000, cacheRead: 8000, output: 50 } });
    expect(transcript?.requests[1]?.messages.at(-1)).toEqual({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'c1', content: code }],
    });
    expect(transcript?.requests[2]?.usage).toBeUndefined();
  });
});

describe('the normalised form', () => {
  const messages = Array.from({ length: 6 }, (_, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content: `text ${at}` }));
  const request = (context_start: number, message_index: number) => ({
    context_start,
    message_index,
    timestamp: time(message_index),
    usage: { input_tokens: 100 },
  });

  test('is its requests', () => {
    const value = { agent: 'Pi', model: 'gpt-5.5', messages, requests: [request(0, 1), request(0, 3), request(4, 5)] };
    const [transcript] = readNormalTranscript(value, 's.json');
    expect(transcript).toMatchObject({ agent: 'Pi', requests: [{ model: 'gpt-5.5' }, {}, {}] });
    expect(sizes(transcript)).toEqual([
      [1, true],
      [2, false],
      [1, true],
    ]);
    expect(readNormalTranscript({ ...value, usage_reliable: false }, 's')[0]?.requests[0]?.usage).toBeUndefined();
  });

  test.each([[null], [[]], [{}], [{ messages: 1, requests: [] }], [{ messages: [], requests: [null, 7] }]])(
    '%j holds no conversation that breaks anything',
    (value) => {
      expect(() => readNormalTranscript(value, 's')).not.toThrow();
    },
  );
});

test('readers never throw, whatever a file holds', () => {
  const piece = fc.oneof(
    fc.constantFrom(...claudeLines().split('\n'), ...codexLines().split('\n'), '{', 'null', '7', '"x"', ''),
    fc.json(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join('\n');
      for (const transcript of [...readClaudeTranscript(text, 's'), ...readCodexTranscript(text, 's')])
        replayTranscript(transcript, { count: (value) => value.length >> 2 });
    }),
    { numRuns: 200 },
  );
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
    expect(stdout).toMatch(/ {2}model {3}explains [\d.]+% of the input that was recorded with 5 requests/);
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
    [['a.jsonl'], 'Paths go with --replay and --samples'],
    [['--replay', '--profile', 'zip', 'a'], 'there is no profile `zip`'],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await machine.run(['perf', ...words]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
