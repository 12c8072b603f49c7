/** The receipt: what the totals of records say, in lines and as JSON. */
import { describe, expect, test } from 'vitest';
import type { Usage } from '../src/block.ts';
import { type ReceiptFacts, receiptJson, receiptLines } from '../src/launch/receipt.ts';
import { createMeter } from '../src/launch/totals.ts';
import type { BlockRecord } from '../src/pipeline/decision.ts';
import type { ExchangeRecord } from '../src/proxy/records.ts';
import { addUpBill, type Bill } from '../src/tokens/bill.ts';
import { familyFactor } from '../src/tokens/family.ts';
import { priceSource } from '../src/tokens/prices.ts';

const usage: Usage = { model: 'gpt-5', fresh: 100, cacheWrite5m: 200, cacheWrite1h: 300, cacheRead: 3400, output: 50 };

function block(extra: Partial<BlockRecord> = {}): BlockRecord {
  const decision = { form: 'invertible', reason: 'shrunk', kind: 'text', levers: { repeats: 900, 'line numbers': 100 } } as const;
  return { key: 'k', tool: 'Read', carried: false, ...decision, tokensBefore: 1500, tokensAfter: 500, ...extra };
}

function left(reason: string, tokensBefore: number): BlockRecord {
  return block({ form: undefined, reason, levers: {}, tokensBefore, tokensAfter: tokensBefore });
}

function record(extra: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    ...{ time: 0, protocol: 'anthropic-messages', kind: 'turn', model: 'gpt-5', method: 'POST', path: '/v1/messages', status: 200 },
    ...{
      outcome: 'answered',
      bytesReceived: 20_000,
      bytesSent: 16_000,
      blocks: [],
      untouched: undefined,
      retried: false,
      usage,
      addedMs: 2,
    },
    ...extra,
  };
}

function facts(records: readonly ExchangeRecord[], extra: Partial<ReceiptFacts> = {}): ReceiptFacts {
  const meter = createMeter();
  for (const each of records) meter.add(each);
  return {
    ...{ title: 'Claude Code', mode: 'shrink', profile: 'standard', totals: meter.totals, startedAt: new Date(0) },
    ...{ milliseconds: 125_000, exitCode: 0, callsModel: true, withoutProxy: undefined },
    ...extra,
  };
}

const lines = (records: readonly ExchangeRecord[], extra: Partial<ReceiptFacts> = {}) => receiptLines(facts(records, extra));

describe('the lines', () => {
  test('show requests to a cold cache on a line of their own, how many there were, and what went wrong', () => {
    const cold = { why: 'idle', before: 40_000, after: 9000, instead: 'era' } as const;
    const found = lines([record({ cold }), record(), record({ cold })]);
    expect(found.filter((line) => line.startsWith('  cold'))).toEqual([
      '  cold    2 requests to a cold cache: old results ~80,000 → ~18,000 tokens',
    ]);
    expect(lines([record()]).join('\n')).not.toContain('cold');
    const [one, two] = [1, 2].map((times) => lines(Array.from({ length: times }, () => record({ tripped: 'cold cache' }))).at(-1));
    expect(one).toBe('          cold cache: the provider wrote again what it had, once');
    expect(two).toBe('          cold cache: the provider wrote again what it had, 2 times; it is off for that conversation');
    expect(JSON.parse(receiptJson(facts([record({ cold })])))).toMatchObject({ cold: { requests: 1, before: 40_000, after: 9000 } });
  });

  test('say time, requests, input before and after, levers, and what was billed by tier', () => {
    expect(lines([record({ blocks: [block()] })])).toEqual([
      'headroom 2 min 5 s · 1 request to the model',
      '  input   ~5,000 → 4,000 tokens, ~20% removed',
      '  by      repeats ~900 · line numbers ~100',
      '  billed  fresh 100 · cache write 500 · cache read 3,400 · output 50',
    ]);
  });

  test('count a removed token in each request it would have been in', () => {
    const twice = lines([record({ blocks: [block()] }), record({ blocks: [block({ carried: true })] })]);
    expect(twice[1]).toBe('  input   ~10,000 → 8,000 tokens, ~20% removed');
    expect(twice[2]).toBe('  by      repeats ~1,800 · line numbers ~200');
  });

  test('claim nothing for a request that was not billed', () => {
    const unbilled = [
      record({ blocks: [block()], usage: undefined, status: 529 }),
      record({ blocks: [block({ carried: true })], usage: undefined, outcome: 'aborted', status: undefined }),
      record({ blocks: [block({ carried: true })], usage: undefined, outcome: 'upstream-failed', status: undefined }),
      record({ blocks: [block()], kind: 'count', usage: undefined }),
    ];
    const { totals } = facts(unbilled);
    expect(totals.removed).toEqual({ reported: 0, silent: 0 });
    expect(totals.requests).toMatchObject({ all: 4, turns: 3, rejected: 1, aborted: 1, failed: 1, reported: 0, silent: 0 });
  });

  test('say so where no usage was reported, with our own estimate as an estimate', () => {
    expect(lines([record({ blocks: [block()], usage: undefined })])).toEqual([
      'headroom 2 min 5 s · 1 request to the model',
      '  input   no usage reported for 1 request; by our own estimate ~1,000 tokens were removed there',
      '  by      repeats ~900 · line numbers ~100',
    ]);
  });

  test('say what would have been removed while only observing', () => {
    const observed = lines([record({ blocks: [block()] })], { mode: 'observe' });
    expect(observed[0]).toBe('headroom 2 min 5 s · 1 request to the model · observed only, nothing was changed');
    expect(observed[1]).toBe('  input   4,000 tokens; ~1,000 of them (~25%) would have been removed');
  });

  test('claim nothing while off', () => {
    expect(lines([record()], { mode: 'off' })).toEqual([
      'headroom 2 min 5 s · 1 request to the model · off, nothing was changed',
      '  input   4,000 tokens',
      '  billed  fresh 100 · cache write 500 · cache read 3,400 · output 50',
    ]);
  });

  test('give the top reasons where nothing could be shrunk, by weight, each result once', () => {
    const blocks = [left('small', 0), left('small', 0), left('nothing to gain', 3000), { ...left('small', 0), carried: true }];
    expect(lines([record({ blocks })])[2]).toBe('          nothing could be shrunk in 3 tool results: 1 nothing to gain · 2 small');
    expect(lines([record()])[2]).toBe('          nothing to shrink: no tool results were sent');
    expect(lines([record({ untouched: 'unknown shape' })])[2]).toBe('          nothing was shrunk: 1 request: unknown shape');
  });

  test('tell of troubles, and only then', () => {
    const troubled = facts([
      record({ retried: true, blocks: [block()] }),
      record({ usage: undefined, outcome: 'upstream-failed', status: undefined }),
      record({ outcome: 'refused', kind: 'other' }),
    ]);
    troubled.totals.restarts.push('out of memory');
    expect(receiptLines(troubled).slice(4)).toEqual([
      '          1 request sent again with the originals after a 400',
      '          1 request without an answer: the provider was not reached or broke off',
      '          1 foreign request refused',
      "          the proxy's worker died once: out of memory",
    ]);
  });

  test('say in plain words that nothing came, and nothing at all where nothing was to come', () => {
    expect(lines([])).toEqual([
      'headroom nothing reached the proxy in 2 min 5 s: Claude Code asked the model nothing, or settings that it puts above ours send its traffic elsewhere',
    ]);
    expect(lines([], { exitCode: 1, milliseconds: 800 })).toEqual([
      'headroom nothing reached the proxy in 1 s: Claude Code ended with code 1 before it asked the model anything',
    ]);
    expect(lines([record({ outcome: 'refused', kind: 'other' })])[0]).toContain("1 request came without the launch's secret");
    expect(lines([], { withoutProxy: 'no room' })).toEqual(['headroom nothing reached the proxy in 2 min 5 s: no room']);
    expect(lines([], { callsModel: false })).toEqual([]);
    expect(lines([record({ kind: 'other', usage: undefined })], { callsModel: false })).toEqual([]);
    expect(lines([record({ kind: 'count', usage: undefined })])[1]).toBe(
      '          Claude Code sent 1 other request and asked the model nothing',
    );
  });
});

test('colour is the affair of whoever prints: it takes one word at a time', () => {
  const paint =
    (colour: string) =>
    (...words: string[]) =>
      `<${colour}>${words.join(' ')}</>`;
  const style = { strong: paint('strong'), quiet: paint('quiet'), good: paint('good'), bad: paint('bad') };
  const painted = receiptLines(facts([record({ blocks: [block()], retried: true })]), style);
  expect(painted.slice(0, 2)).toEqual([
    '<strong>headroom</> 2 min 5 s · 1 request to the model',
    '<quiet>  input</>   ~5,000 → 4,000 tokens, <good>~20% removed</>',
  ]);
  expect(painted.at(-1)).toBe('          <bad>1 request sent again with the originals after a 400</>');
});

describe('the estimate', () => {
  const claude = (fresh: number, bytesSent: number) =>
    facts([
      record({
        bytesSent,
        blocks: [block()],
        usage: { ...usage, model: 'claude-opus-5', fresh, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 },
      }),
    ]).totals.removed.reported;

  test('follows what the provider counts for the body, from o200k up to the factor of the family', () => {
    expect(claude(5000, 16_000)).toBe(1250);
    expect(claude(1000, 16_000)).toBe(1000);
    expect(claude(9000, 16_000)).toBe(1500);
  });

  test('knows the families', () => {
    const factors = [
      'claude-3-5-sonnet-20241022',
      'claude-sonnet-4-20250514',
      'claude-opus-4-6',
      'claude-opus-4-7',
      'claude-fable-5',
      'gpt-5.2',
      undefined,
    ];
    expect(factors.map(familyFactor)).toEqual([1.18, 1.18, 1.18, 1.5, 1.5, 1, 1]);
  });
});

describe('the cost', () => {
  const bill = (extra: Partial<Bill> = {}): Bill => ({ billed: 3, saved: 1, charged: 0, turns: 4, unpriced: {}, ...extra });
  const cost = (extra: Partial<ReceiptFacts>, records = [record({ blocks: [block()] })]) =>
    lines(records, extra).filter((line) => /^ {2}(cost|value) /.test(line));

  test.each([
    ['~$4.00 → $3.00, ~25% saved (API prices: PRICES)', {}, {}],
    ['$3.00 (API prices: PRICES)', { saved: 0 }, {}],
    ['$3.00 (API prices: PRICES)', {}, { mode: 'off' }],
    ['$3.00; ~$1.00 of it (~33%) would have been saved (API prices: PRICES)', {}, { mode: 'observe' }],
    ['~$2.50 → $3.00, ~20% more (API prices: PRICES)', { saved: -0.5 }, {}],
    ['~$0.0042 → $0.0031, ~26% saved (API prices: PRICES)', { billed: 0.0031, saved: 0.0011 }, {}],
    [
      '~$4.00 → $3.00, ~25% saved (API prices: PRICES) · no price known for gpt-6.1-sol (2 requests)',
      { unpriced: { 'gpt-6.1-sol': 2 } },
      {},
    ],
    ['no price known for gpt-6.1-sol (4 requests)', { unpriced: { 'gpt-6.1-sol': 4 } }, {}],
  ] as const)('%s', (expected, own, extra) => {
    expect(cost({ bill: bill(own), ...extra })).toEqual([`  cost    ${expected.replace('PRICES', priceSource)}`]);
  });

  test('is called a value where nobody pays by the token', () => {
    const monthly = [record({ blocks: [block()], bySubscription: true })];
    const basis = `at API prices, ${priceSource}`;
    expect(cost({ bill: bill() }, monthly)).toEqual([`  value   ~$4.00 → $3.00, ~25% saved (${basis}; you pay by subscription)`]);
    expect(cost({ bill: bill(), isDemo: true })).toEqual([`  value   ~$4.00 → $3.00, ~25% saved (${basis}; the demo costs nothing)`]);
    expect(cost({})).toEqual([]);
  });

  test('takes off what it cost to change what had been sent, and says so', () => {
    const records = [record({ blocks: [block()] }), record({ blocks: [block({ carried: true })], rewritten: 2500 })];
    const { turns, rewritten } = facts(records).totals;
    expect(rewritten).toEqual({ turns: 1, tokens: 2500 });
    // Two writes for a dollar, an hour's for three; reads for a tenth of a dollar.
    const prices = { fresh: 1, cacheWrite5m: 1, cacheWrite1h: 3, cacheRead: 0.1, output: 1 };
    const { billed, saved, charged } = addUpBill(turns, () => prices);
    expect(charged).toBeCloseTo((2500 * ((200 * 1 + 300 * 3) / 500 - 0.1)) / 1e6, 10);
    expect(saved).toBeCloseTo((1000 * 2.2 + 1000 * 0.1) / 1e6 - charged, 10);
    const said = '~2,500 tokens cached again: what had been sent was changed';
    expect(lines(records)).toContain(`  charged ${said}`);
    const priced = facts(records, { bill: { billed, saved, charged, turns: 2, unpriced: {} } });
    expect(receiptLines(priced)).toContain(`  charged ~$0.0053 for ${said}`);
    expect(JSON.parse(receiptJson(priced))).toMatchObject({
      rewritten: { turns: 1, tokens: 2500, estimated: ['tokens'] },
      cost: { charged: 0.00525, estimated: ['saved', 'charged'] },
    });
  });

  test('adds up what each turn held', () => {
    const { turns } = facts([record({ blocks: [block(), block({ carried: true })] }), record({ usage: undefined })]).totals;
    expect(turns).toHaveLength(1);
    expect(turns[0]?.removed).toEqual({ first: 1000, carried: 1000 });
  });
});

test('the JSON holds the figures of the lines and names the estimated ones', () => {
  const json = JSON.parse(receiptJson(facts([record({ blocks: [block()] })]))) as Record<string, unknown>;
  expect(json).toMatchObject({
    agent: 'Claude Code',
    seconds: 125,
    mode: 'shrink',
    profile: 'standard',
    exitCode: 0,
    requests: { turns: 1, reported: 1 },
    input: { before: 5000, after: 4000, removed: 1000, share: 0.2, estimated: ['before', 'removed', 'share'] },
    removedBy: { repeats: 900, 'line numbers': 100 },
    usage: { fresh: 100, cacheWrite5m: 200, cacheWrite1h: 300, cacheRead: 3400, output: 50 },
    results: { seen: 1, shrunk: 1 },
    restarts: [],
  });
});

test('a fault of ours that left a result whole is said', () => {
  const lines = receiptLines(facts([record({ blocks: [block(), left('compressor threw: out of luck', 0)] })]));
  expect(lines.at(-1)?.trim()).toBe('1 result sent as it came: compressor threw: out of luck');
});
