/** From records to lines of the ledger: sums that agree with the records, and nothing that a message might have quoted. */
import { describe, expect, test } from 'vitest';
import { launchPart, ledgerLine } from '../src/launch/ledger-line.ts';
import type { BlockRecord } from '../src/pipeline/decision.ts';
import type { ExchangeRecord } from '../src/proxy/records.ts';

const launch = launchPart({
  ...{ id: 'launch', agent: 'claude', projectFolder: '/home/me/clients/acme', version: '1.2.3', mode: 'shrink', profile: 'standard' },
});
const record: ExchangeRecord = {
  ...{
    time: Date.UTC(2026, 10, 22),
    protocol: 'anthropic-messages',
    kind: 'turn',
    model: 'asked-for',
    method: 'POST',
    path: '/v1/messages',
  },
  ...{ status: 200, outcome: 'answered', bytesReceived: 9, bytesSent: 8, blocks: [], untouched: undefined, retried: false },
  usage: { model: 'answered-by', fresh: 1, cacheWrite5m: 2, cacheWrite1h: 3, cacheRead: 4, output: 5 },
  ...{ addedMs: 1.23456, upstream: 'host:1' },
};
const block = (values: Partial<BlockRecord>): BlockRecord => ({
  ...{
    key: 'k',
    tool: 'Bash',
    carried: false,
    form: undefined,
    reason: 'small',
    kind: 'text',
    levers: {},
    tokensBefore: 0,
    tokensAfter: 0,
  },
  ...values,
});
const shrunk = (kind: string, tokensBefore: number, levers: Record<string, number>, carried = false) =>
  block({
    ...{ kind, tokensBefore, levers, carried, form: 'invertible', reason: 'shrunk' },
    tokensAfter: tokensBefore - Object.values(levers).reduce((sum, tokens) => sum + tokens, 0),
  });

test('a line says what the record says, and whose launch it was', () => {
  expect(ledgerLine(record, launch)).toEqual({
    ...{ v: 1, time: '2026-11-22T00:00:00.000Z', launch: 'launch', agent: 'claude', version: '1.2.3', mode: 'shrink', profile: 'standard' },
    project: { name: 'acme', id: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ...{ upstream: 'host:1', protocol: 'anthropic-messages', kind: 'turn', model: 'answered-by', outcome: 'answered', status: 200 },
    ...{ retried: false, untouched: null, bytes: { received: 9, sent: 8 } },
    usage: { fresh: 1, cacheWrite5m: 2, cacheWrite1h: 3, cacheRead: 4, output: 5 },
    first: { results: 0, before: 0, after: 0, byKind: {}, byLever: {}, leftAlone: {} },
    carried: { results: 0, before: 0, after: 0, byKind: {}, byLever: {}, leftAlone: {} },
    addedMs: 1.235,
  });
});

test('results are summed by kind, lever and reason, those sent before apart', () => {
  const blocks = [
    shrunk('search', 1000, { 'search paths': 300, repeats: 100 }),
    shrunk('search', 500, { repeats: 200 }),
    shrunk('numbered-lines', 400, { repeats: 100 }, true),
    block({ kind: 'text', reason: 'nothing to gain', tokensBefore: 250, tokensAfter: 250 }),
    block({}),
    block({ carried: true }),
  ];
  const { first, carried } = ledgerLine({ ...record, blocks }, launch) ?? {};
  expect(first).toEqual({
    ...{ results: 4, before: 1750, after: 1150, byLever: { 'search paths': 300, repeats: 300 } },
    byKind: { search: { results: 2, before: 1500, after: 900 }, text: { results: 2, before: 250, after: 250 } },
    leftAlone: { 'nothing to gain': { results: 1, tokens: 250 }, small: { results: 1, tokens: 0 } },
  });
  expect(carried).toMatchObject({ results: 2, before: 400, after: 300, leftAlone: { small: { results: 1, tokens: 0 } } });
});

describe('results are listed one by one', () => {
  const list = (blocks: readonly BlockRecord[], mode: 'shrink' | 'observe' = 'shrink') =>
    ledgerLine({ ...record, blocks }, { ...launch, mode })?.blocks;

  test('with what became of each, where a request is the first to send them and they were big enough to be counted', () => {
    const key = '00112233445566778899aabbccddeeff0011223344556677';
    const blocks = [
      { ...shrunk('logs', 5000, { excerpt: 4000, repeats: 100 }), form: 'excerpt' as const, original: '0123456789abcdef', key },
      shrunk('search', 900, { repeats: 200 }, true),
      block({ tool: undefined, kind: 'json', reason: 'nothing to gain', tokensBefore: 250, tokensAfter: 250 }),
      block({}),
    ];
    const excerpt = {
      tool: 'Bash',
      kind: 'logs',
      form: 'excerpt',
      before: 5000,
      after: 900,
      levers: { excerpt: 4000, repeats: 100 },
    };
    const left = { tool: null, kind: 'json', form: null, reason: 'nothing to gain', before: 250, after: 250 };
    expect(list(blocks)).toEqual([{ ...excerpt, original: '0123456789abcdef', key: '8899aabbccddeeff' }, left]);
    // Only observed: nothing was kept.
    expect(list(blocks, 'observe')).toEqual([excerpt, left]);
    expect(list([block({})])).toBeUndefined();
  });

  test('also where old ones were rewritten at a cold cache, and not when they are sent again after that', () => {
    const old = shrunk('git', 3000, { 'cold cache': 2000 }, true);
    const cold = { why: 'idle' as const, before: 3000, after: 1000, instead: 'era' };
    expect(ledgerLine({ ...record, blocks: [old, shrunk('search', 900, { repeats: 200 }, true)], cold }, launch)?.blocks).toEqual([
      { tool: 'Bash', kind: 'git', form: 'invertible', again: true, before: 3000, after: 1000, levers: { 'cold cache': 2000 }, key: '' },
    ]);
    expect(list([old])).toBeUndefined();
  });

  test('of hundreds the heaviest, in their order', () => {
    const sizes = Array.from({ length: 300 }, (_, at) => 200 + ((at * 7919) % 300));
    const listed = list(sizes.map((tokens) => block({ reason: 'nothing to gain', tokensBefore: tokens, tokensAfter: tokens }))) ?? [];
    expect(listed).toHaveLength(32);
    expect(listed.map(({ before }) => before)).toEqual(sizes.filter((size) => size >= 500 - 32));
    expect(Buffer.byteLength(JSON.stringify(listed))).toBeLessThan(4096);
  });

  test('whatever a tool is called and a compressor says', () => {
    const blocks = [block({ tool: 't'.repeat(5000), reason: 'compressor threw: "secret text"', tokensBefore: 300, tokensAfter: 300 })];
    expect(list(blocks)).toEqual([{ tool: 't'.repeat(60), kind: 'text', form: null, reason: 'compressor threw', before: 300, after: 300 }]);
  });
});

describe('nothing is passed on', () => {
  test('of messages, which may quote what could not be read', () => {
    const quoting = 'Unexpected token in JSON: "secret text"';
    const blocks = [block({ reason: `compressor threw: ${quoting}`, tokensBefore: 300, tokensAfter: 300 })];
    const line = ledgerLine({ ...record, untouched: `reading failed: ${quoting}`, blocks }, launch);
    expect(line).toMatchObject({ untouched: 'reading failed', first: { leftAlone: { 'compressor threw': { results: 1, tokens: 300 } } } });
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  test('of paths, and of a model name more than a name', () => {
    const line = ledgerLine({ ...record, usage: undefined, path: '/v1/secret', model: 'm'.repeat(5000) }, launch);
    expect(JSON.stringify(line)).not.toMatch(/secret|clients/);
    expect(line?.model).toHaveLength(100);
  });

  test('of requests that were refused at the door: whoever sends them could fill the disk', () => {
    expect(ledgerLine({ ...record, outcome: 'refused' }, launch)).toBeUndefined();
  });
});
