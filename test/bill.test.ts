/** What recorded requests cost and what a removed token is worth in them, on small sessions made by hand. */
import { expect, test } from 'vitest';
import { billSession } from '../scripts/bench/bill.ts';
import type { Entry, ReplayedSession } from '../scripts/bench/replay.ts';
import type { Session } from './helpers/corpus.ts';

const count = (text: string): number => text.length;

/** A result of `before` tokens that went out with `after`. */
function result(message: number, before: number, after: number): Entry {
  return {
    block: { key: String(message), source: 'result', text: '', call: undefined },
    message,
    replacement: '',
    record: undefined,
    before,
    after,
  };
}

function bill(entries: Entry[], lengths: number[], usages: readonly object[], isReliable = true): ReturnType<typeof billSession> {
  const requests = lengths.map((length, index) => ({
    message_index: 100 + length,
    context_start: 0,
    model: 'gpt-5',
    usage: usages[index],
  }));
  const session = { id: 's', agent: 'a', model: null, usage_reliable: isReliable, messages: [], requests } as unknown as Session;
  const replayed: ReplayedSession = {
    id: 's',
    agent: 'a',
    contexts: [{ entries, requests: lengths.map((length, index) => ({ index, length })) }],
    prefixViolations: 0,
  };
  return billSession(session, { lossless: replayed, standard: replayed }, count);
}

test('a removed token is worth the write price when first sent and the read price after that', () => {
  const written = { cache_creation_input_tokens: 1000, output_tokens: 10, cache_creation: { ephemeral_1h_input_tokens: 1000 } };
  const read = { cache_read_input_tokens: 1000, cache_creation_input_tokens: 200, output_tokens: 10 };
  const { before, saved } = bill([result(0, 300, 100), result(1, 100, 60)], [1, 2], [written, read]);
  expect(before).toBeCloseTo(1000 * 2 + 10 * 5 + 1000 * 0.1 + 200 * 1.25 + 10 * 5);
  expect(saved.lossless).toBeCloseTo(200 * 2 + (200 * 0.1 + 40 * 1.25));
});

test('where the cache was missed, what was sent before is paid for as new', () => {
  const { saved } = bill([result(0, 300, 100)], [1, 1], [{ input_tokens: 1000 }, { input_tokens: 1000, cache_read_input_tokens: 100 }]);
  expect(saved.standard).toBeCloseTo(200 + 200);
});

test('without reliable usage the prefix is read and the rest is new, on top of 12,000 tokens', () => {
  const { before, saved, requests } = bill([result(0, 300, 100), result(1, 100, 100)], [1, 2], [], false);
  expect(requests.map(({ isRecorded }) => isRecorded)).toEqual([false, false]);
  expect(before).toBeCloseTo(12_300 + (12_300 * 0.1 + 100));
  expect(saved.lossless).toBeCloseTo(200 + 20);
});

test('the tokens of a Claude are more than o200k counts', () => {
  const usage = { input_tokens: 1000 };
  const claude = { message_index: 101, context_start: 0, model: 'claude-opus-4-6', usage };
  const session = { id: 's', agent: 'a', model: null, usage_reliable: true, messages: [], requests: [claude] } as unknown as Session;
  const contexts = [{ entries: [result(0, 300, 100)], requests: [{ index: 0, length: 1 }] }];
  const replayed: ReplayedSession = { id: 's', agent: 'a', contexts, prefixViolations: 0 };
  const { saved, savedPlain } = billSession(session, { lossless: replayed, standard: replayed }, count);
  expect(savedPlain.lossless).toBeCloseTo(200);
  expect(saved.lossless).toBeCloseTo(200 * 1.18);
});
