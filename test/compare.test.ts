/** The pure parts of the comparison: planting facts and finding them again, and what of a request is not as it was sent before. */
import { describe, expect, test } from 'vitest';
import { bodyOf, type ChatMessage, conversationOf } from '../scripts/bench/compare/conversations.ts';
import { billRequests } from '../scripts/bench/compare/modelled-bill.ts';
import { compareRequests, partsOf, resultsIn } from '../scripts/bench/compare/outgoing.ts';
import { plantFacts, shownShare } from '../scripts/bench/compare/planted-facts.ts';
import { rewriteResults } from '../scripts/bench/compare/result-rewriter.ts';

const log = Array.from({ length: 60 }, (_, at) => `step ${at} finished in ${at * 3} ms`).join('\n');
const rows = Array.from({ length: 40 }, (_, at) => ({ id: at, status: 'ok', note: `order number ${at} was shipped` }));
const free = { fresh: 0, cacheWrite5m: 1_000_000, cacheWrite1h: 0, cacheRead: 0, output: 0 };
const countWords = (text: string) => text.split(/\s+/).length * 1000;

describe('planted facts', () => {
  test('stand between lines, spread out, and the same seed plants the same', () => {
    const planted = plantFacts(log, 1);
    const lines = planted?.text.split('\n') ?? [];
    const places = planted?.facts.map(({ word }) => lines.findIndex((line) => line.includes(word))) ?? [];
    expect(lines).toHaveLength(66);
    expect(lines.filter((line) => /^step \d+ finished in/.test(line))).toHaveLength(60);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(Math.min(...places)).toBeGreaterThan(5);
    expect(Math.max(...places)).toBeLessThan(60);
    expect(plantFacts(log, 1)).toEqual(planted);
    expect(plantFacts(log, 2)?.facts).not.toEqual(planted?.facts);
  });

  test('are rows of the longest list of a JSON text, and a failed one says so in its status', () => {
    const planted = plantFacts(JSON.stringify({ total: 40, tags: [{ a: 1 }], items: rows }), 3);
    const { items } = JSON.parse(planted?.text ?? '') as { items: typeof rows };
    expect(items).toHaveLength(46);
    for (const { word, kind } of planted?.facts ?? []) {
      const row = items.find(({ note }) => note.includes(word));
      expect(row?.status).toBe(kind === 'error' ? 'error' : 'ok');
    }
  });

  test('say what failed in a field of its own where rows have no status', () => {
    const planted = plantFacts(JSON.stringify(rows.map(({ id, note }) => ({ id, note }))), 5);
    const items = JSON.parse(planted?.text ?? '') as { error?: string; note: string }[];
    const failed = planted?.facts.filter(({ kind }) => kind === 'error') ?? [];
    expect(items.flatMap(({ error = '' }) => error || [])).toEqual(failed.map(({ word }) => expect.stringContaining(word)));
  });

  test('need room', () => {
    expect(plantFacts('one\ntwo\nthree', 1)).toBeUndefined();
    expect(plantFacts('{"items":[{"a":1}]}', 1)).toBeUndefined();
  });

  test('count as shown where their own word can be read', () => {
    const { facts, text } = plantFacts(log, 4) ?? { facts: [], text: '' };
    const failures = text.split('\n').filter((line) => !line.startsWith('error: '));
    const of = (shown: string) => facts.map((fact) => ({ fact, text: shown }));
    expect([shownShare(of(text), 'error'), shownShare(of(text), 'ordinary')]).toEqual([1, 1]);
    expect([shownShare(of(failures.join('\n')), 'error'), shownShare(of(failures.join('\n')), 'ordinary')]).toEqual([0, 1]);
  });
});

describe('bytes changed before the newest message', () => {
  const conversation = conversationOf('outputs', 'logs', [
    { call: { tool: 'Bash', input: { command: 'make' } }, text: log },
    { call: { tool: 'Bash', input: { command: 'ls' } }, text: 'a\nb' },
  ]);
  const parts = conversation.ends.map((end) => partsOf(bodyOf(conversation, end)));
  const edited = (text: string): string[] => {
    const messages = conversation.messages.map((message): ChatMessage => {
      if (typeof message.content === 'string') return message;
      return { ...message, content: message.content.map((piece) => (piece.content === log ? { ...piece, content: text } : piece)) };
    });
    return partsOf(bodyOf({ ...conversation, messages }, conversation.ends[2]!));
  };

  test('none in a conversation that only grows, though the cache mark moves on', () => {
    for (const [at, now] of parts.entries())
      if (at > 0) expect(compareRequests(parts[at - 1]!, now)).toMatchObject({ changed: 0, sameParts: parts[at - 1]!.length });
  });

  test('those between the common beginning and the common end', () => {
    const growth = compareRequests(parts[1]!, edited(log.replace('step 30 finished', 'step 30 FAILED')));
    expect(growth.changed).toBe('finished'.length);
    expect(growth.sameParts).toBe(parts[1]!.length - 1);
    expect(growth.known).toBe(parts[1]!.reduce((sum, part) => sum + Buffer.byteLength(part), 0));
  });

  test('what is gone and what is put in front of the rest counts too', () => {
    expect(compareRequests(parts[1]!, edited('')).changed).toBe(JSON.stringify(log).length - 2);
    const withTool = [JSON.stringify({ name: 'retrieve' }), ...parts[2]!];
    expect(compareRequests(parts[1]!, withTool)).toMatchObject({ sameParts: 0 });
    expect(compareRequests(parts[1]!, withTool).changed).toBeGreaterThan(0);
  });

  test('make the bill dearer: what follows them is written again', () => {
    const price = (requests: readonly (readonly string[])[]) => billRequests(requests, [], countWords, () => free);
    const [first, second] = [parts[1]!, parts[2]!];
    const whole = price([second]);
    expect(price([first, second])).toBeCloseTo(whole, 6);
    expect(price([first, edited('gone')])).toBeGreaterThan(price([first]) + price([second.slice(first.length)]) / 2);
    expect(price([first, [JSON.stringify({ name: 'retrieve' }), ...second]])).toBeGreaterThan(whole);
  });
});

test('results are rewritten where they stand, and read back by their calls', () => {
  const conversation = conversationOf('outputs', 'two', [
    { call: { tool: 'Bash', input: { command: 'make' } }, text: 'first' },
    { call: { tool: 'Read', input: { file_path: 'a.ts' } }, text: 'second' },
  ]);
  const { sent } = rewriteResults([conversation], (text, call) => (call?.tool === 'Bash' ? text.toUpperCase() : text));
  const bodies = sent.get('two') ?? [];
  expect(bodies).toHaveLength(conversation.ends.length);
  expect([...resultsIn(bodies.at(-1)!).values()]).toEqual(['FIRST', 'second']);
});
