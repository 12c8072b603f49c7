/** Bytes that had been sent and went out otherwise: when that is charged to us, and how much. */
import { describe, expect, test } from 'vitest';
import { watchCacheBreaks } from '../src/launch/cache-breaks.ts';
import type { BlockRecord } from '../src/pipeline/decision.ts';
import type { ExchangeRecord } from '../src/proxy/records.ts';

const minute = 60_000;

function block(key: string, tokensAfter = 400): BlockRecord {
  const isLeft = tokensAfter === 1000;
  const decision = isLeft
    ? { form: undefined, reason: 'fault', levers: {} }
    : { form: 'invertible' as const, reason: 'shrunk', levers: {} };
  return { ...decision, key, tool: 'Bash', carried: false, kind: 'text', tokensBefore: 1000, tokensAfter };
}

/** A turn at a minute that read so much, and wrote so much. */
function turn(at: number, blocks: readonly BlockRecord[], [cacheRead, cacheWrite5m]: readonly [number, number], more = {}): ExchangeRecord {
  const usage = { model: 'claude-opus-4-5', fresh: 0, cacheWrite5m, cacheWrite1h: 0, cacheRead, output: 10 };
  return {
    ...{ time: at * minute, upstream: 'host', protocol: 'anthropic-messages', kind: 'turn', model: 'claude-opus-4-5', method: 'POST' },
    ...{ path: '/v1/messages', status: 200, outcome: 'answered', bytesReceived: 1, bytesSent: 1, blocks, untouched: undefined },
    ...{ retried: false, usage, addedMs: 1, ...more },
  };
}

/** What each of these is charged. */
function charge(records: readonly ExchangeRecord[]): (number | undefined)[] {
  const breaks = watchCacheBreaks();
  return records.map((record) => breaks.look(record).rewritten);
}

describe('charged', () => {
  const before = [block('a'), block('b')];

  test('is what an earlier request held and this one did not read, once', () => {
    const after = [block('a'), block('b', 1000), block('c')];
    expect(
      charge([
        turn(0, before, [10_000, 20_000]),
        // Read up to the block that changed; 18,000 of what it wrote stood there before, the rest is new.
        turn(1, after, [12_000, 25_000]),
        turn(2, [...after, block('d')], [37_000, 900]),
      ]),
    ).toEqual([undefined, 18_000, undefined]);
  });

  test('is a form after the original too', () => {
    expect(charge([turn(0, [block('a', 1000)], [0, 5000]), turn(1, [block('a')], [1000, 4500])])).toEqual([undefined, 4000]);
  });

  test('is never more than was written or sent afresh', () => {
    expect(charge([turn(0, before, [10_000, 20_000]), turn(1, [block('a', 1000)], [10_000, 3000])])[1]).toBeUndefined();
    const fork = [block('a'), block('b', 1000)];
    expect(charge([turn(0, before, [10_000, 20_000]), turn(1, fork, [10_000, 3000])])[1]).toBe(3000);
  });

  test('is a body that was not read, after one that was shrunk', () => {
    const unread = turn(1, [], [10_000, 22_000], { untouched: 'off' });
    expect(charge([turn(0, before, [10_000, 20_000]), unread, { ...unread, time: 2 * minute }])).toEqual([undefined, 20_000, undefined]);
    expect(charge([turn(0, before, [10_000, 20_000]), { ...unread, model: 'another' }])[1]).toBeUndefined();
    expect(charge([turn(0, [block('a', 1000)], [10_000, 20_000]), unread])[1]).toBeUndefined();
  });
});

test('charged is also what the proxy found out, less results that are new', () => {
  const added: BlockRecord = { ...block('b', 1000), tokensAfter: 4000 };
  const blocks = [{ ...block('a'), carried: true }, added];
  // A body of so many bytes: the provider's tokens are o200k's.
  const tripped = turn(0, blocks, [10_000, 60_000], { tripped: 'cold cache', bytesSent: 280_000 });
  expect(charge([tripped, turn(1, blocks, [70_000, 100])])).toEqual([56_000, undefined]);
});

describe('not charged', () => {
  const before = [block('a')];
  const changed = [block('a', 1000)];

  test('is a cache that was lost while we changed nothing', () => {
    expect(charge([turn(0, before, [10_000, 20_000]), turn(1, [...before, block('b')], [0, 31_000])])).toEqual([undefined, undefined]);
  });

  test.each([
    ['5 minutes', 6, {}],
    ['an hour', 61, { usage: { model: 'm', fresh: 0, cacheWrite5m: 0, cacheWrite1h: 20_000, cacheRead: 10_000, output: 1 } }],
  ])('is what had expired anyway, after %s', (_, after, more) => {
    expect(charge([turn(0, before, [10_000, 20_000], more), turn(after, changed, [0, 30_000])])[1]).toBeUndefined();
    expect(charge([turn(0, before, [10_000, 20_000], more), turn(after - 2, changed, [0, 30_000])])[1]).toBe(30_000);
  });

  test('is what no reply has accepted, and what is only counted', () => {
    expect(charge([turn(0, before, [1, 2], { status: 400 }), turn(1, changed, [0, 30_000])])[1]).toBeUndefined();
    expect(charge([turn(0, before, [10_000, 2]), turn(1, changed, [0, 30_000], { kind: 'count' })])[1]).toBeUndefined();
    expect(charge([turn(0, before, [10_000, 2]), turn(1, changed, [0, 30_000], { usage: undefined })])[1]).toBeUndefined();
  });
});
