/** Past conversations as agents write them down: requests out of lines. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClaudeTranscript } from '../src/perf/claude-transcript.ts';
import { isCodexTranscript, readCodexTranscript } from '../src/perf/codex-transcript.ts';
import { readNormalTranscript } from '../src/perf/normal-transcript.ts';
import { replayTranscript } from '../src/perf/replay.ts';
import type { Transcript } from '../src/perf/transcript.ts';
import { claudeLines, code, codexLines, time } from './helpers/transcripts.ts';

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
