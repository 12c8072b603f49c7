/** `headroom perf`: sums over the ledger's lines, and the command that prints them. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSince } from '../src/commands/perf.ts';
import { reportCsv, reportLines } from '../src/perf/report.ts';
import { startSumming } from '../src/perf/summary.ts';
import type { LedgerLine } from '../src/store/ledger.ts';
import { cacheParts } from '../src/store/place.ts';
import type { PriceList } from '../src/tokens/prices.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { ledgerLine } from './helpers/ledger-line.ts';

/** A dollar a million for all but cache reads. */
const priceOf: PriceList = ({ model }) =>
  model.startsWith('claude') ? { fresh: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 0.1, output: 1 } : undefined;

function sums(first: Partial<LedgerLine['first']> = {}): LedgerLine['first'] {
  return { results: 0, before: 0, after: 0, byKind: {}, byLever: {}, leftAlone: {}, ...first };
}

/** A request for a million input tokens, of which 100,000 more were removed, none of them for the first time. */
function turn(values: Partial<LedgerLine> = {}): LedgerLine {
  const usage = { fresh: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 1_000_000, output: 0 };
  // One byte a token: the factor of the family is not reached, and every token counts once.
  const bytes = { received: 5_000_000, sent: 4_000_000 };
  const carried = sums({ results: 1, before: 150_000, after: 50_000, byLever: { repeats: 100_000 } });
  return ledgerLine({ usage, bytes, first: sums(), carried, ...values });
}

function summarise(lines: readonly LedgerLine[]) {
  const summing = startSumming(priceOf);
  for (const line of lines) summing.add(line);
  return summing.end();
}

describe('sums', () => {
  test('are in tokens and dollars, for all and for each group', () => {
    const summary = summarise([
      turn(),
      turn({ time: '2026-11-23T10:00:00.000Z', agent: 'codex', launch: 'other', project: { name: 'shop', id: '1' } }),
      turn({ kind: 'count' }),
    ]);
    const one = { requests: 1, input: 1_000_000, removed: 100_000, billed: 0.1, saved: 0.01, unpriced: 0, rewritten: 0, charged: 0 };
    expect(summary.all).toMatchObject({ requests: 2, input: 2_000_000, removed: 200_000, unpriced: 0 });
    expect(summary.all.billed).toBeCloseTo(0.2, 10);
    expect(summary.all.saved).toBeCloseTo(0.02, 10);
    expect(summary.byDay).toEqual({ '2026-11-22': one, '2026-11-23': one });
    expect(summary.byAgent).toEqual({ claude: one, codex: one });
    expect(summary.byProject).toEqual({ project: one, shop: one });
    expect(summary.sessions.map(({ launch, requests }) => [launch, requests])).toEqual([
      ['1-1.0-00000000-00000000', 1],
      ['other', 1],
    ]);
    expect(summary).toMatchObject({ launches: 2, from: '2026-11-22T10:00:00.000Z', to: '2026-11-23T10:00:00.000Z' });
    expect(summary.byLever).toEqual({ repeats: 200_000 });
  });

  test('tell of requests to a cold cache, what they cost and would have cost', () => {
    const usage = { fresh: 0, cacheWrite5m: 900_000, cacheWrite1h: 0, cacheRead: 0, output: 0 };
    const cold = { why: 'idle', before: 150_000, after: 50_000 } as const;
    const summary = summarise([turn(), turn({ usage, bytes: { received: 5_000_000, sent: 3_600_000 }, cold })]);
    expect(summary.cold).toMatchObject({ requests: 1, before: 150_000, after: 50_000, billed: 0.9 });
    expect(summary.cold.saved).toBeCloseTo(0.1, 10);
    expect(reportLines(summary)).toEqual(
      expect.arrayContaining([
        '  cold    1 request to a cold cache, ~$1.00 → $0.90',
        '          old results in them ~150,000 → ~50,000 tokens',
      ]),
    );
    expect(summarise([turn()]).cold.requests).toBe(0);
    expect(reportLines(summarise([turn()])).join('\n')).not.toContain('cold');
  });

  test('count results once, when they are first sent, and why they were left alone', () => {
    const byKind = { search: { results: 1, before: 1000, after: 400 }, text: { results: 2, before: 500, after: 500 } };
    const first = sums({
      results: 3,
      before: 1500,
      after: 900,
      byKind,
      byLever: { 'search paths': 600 },
      leftAlone: { small: { results: 2, tokens: 0 } },
    });
    const { byKind: kinds, leftAlone } = summarise([turn({ first, carried: sums() }), turn({ first: sums(), carried: first })]);
    expect(kinds).toEqual(byKind);
    expect(leftAlone).toEqual({ small: { results: 2, tokens: 0 } });
  });

  test('name models without a price, and claim nothing where no usage came', () => {
    const { all, byModel } = summarise([turn({ model: 'gpt-6.1-sol' }), turn({ usage: null })]);
    expect(all).toMatchObject({ requests: 2, input: 1_000_000, unpriced: 1, billed: 0, saved: 0 });
    expect(byModel['gpt-6.1-sol']).toMatchObject({ unpriced: 1 });
  });

  test('take off what it cost to change what had been sent', () => {
    const usage = { fresh: 0, cacheWrite5m: 500_000, cacheWrite1h: 0, cacheRead: 500_000, output: 0 };
    const { all } = summarise([turn(), turn({ usage, rewritten: 300_000 })]);
    expect(all.rewritten).toBe(300_000);
    expect(all.charged).toBeCloseTo(0.27, 10);
    expect(all.saved).toBeCloseTo(0.01 + 0.01 - 0.27, 10);
    expect(reportLines(summarise([turn({ usage, rewritten: 300_000 })]))[3]).toBe(
      '  charged ~$0.27 for ~300,000 tokens cached again: what had been sent was changed',
    );
  });

  test('keep apart what was only observed', () => {
    const { observed, all } = summarise([turn({ mode: 'observe' }), turn()]);
    expect([observed.requests, all.requests]).toEqual([1, 2]);
  });
});

describe('the report', () => {
  test('says the same in lines and in rows', () => {
    const summary = summarise([turn(), turn({ time: '2026-11-23T10:00:00.000Z', project: { name: 'a "shop", new', id: '1' } })]);
    const lines = reportLines(summary);
    expect(lines.slice(0, 2)).toEqual([
      '2026-11-22 to 2026-11-23 · 1 launch · 2 requests to the model',
      '  input   ~2,200,000 → 2,000,000 tokens, ~9.1% removed',
    ]);
    expect(lines[2]).toMatch(/^ {2}cost {4}~\$0\.22 → \$0\.20, ~9\.1% saved \(API prices: genai-prices .+\)$/);
    const rows = reportCsv(summary).trimEnd().split('\n');
    expect(rows).toHaveLength(1 + 1 + 2 + 1 + 1 + 2 + 1);
    expect(rows[1]).toBe('all,,2,2000000,200000,0.200000,0.020000,0,0,0.000000');
    expect(rows).toContain('project,"a ""shop"", new",1,1000000,100000,0.100000,0.010000,0,0,0.000000');
  });

  test('says which share of the results was left alone and why, and what has no price', () => {
    const first = sums({
      results: 4,
      before: 2000,
      after: 1200,
      byKind: { search: { results: 2, before: 1500, after: 700 }, text: { results: 2, before: 500, after: 500 } },
      leftAlone: { small: { results: 1, tokens: 0 }, 'nothing to gain': { results: 1, tokens: 500 } },
    });
    const long = 'a-project-with-a-rather-long-name';
    const lines = reportLines(
      summarise([turn({ first, model: 'house-model', project: { name: long, id: '1' } }), turn({ model: 'claude' })]),
    );
    expect(lines.slice(-4)).toEqual([
      'left alone       results  of all  tokens  of all',
      'nothing to gain        1     25%     500     25%',
      'small                  1     25%',
      'all of these           2     50%     500     25%',
    ]);
    expect(lines.find((line) => line.startsWith('house-model'))).toMatch(/ no price$/);
    expect(lines.some((line) => line.startsWith(long.slice(0, 20)))).toBe(true);
    expect(reportCsv(summarise([turn({ project: { name: long, id: '1' } })]))).toContain(`project,${long},`);
  });

  test('shows a loss as a loss', () => {
    const carried = sums({ results: 1, before: 50_000, after: 150_000 });
    expect(reportLines(summarise([turn({ carried })]))[2]).toContain('~$0.090 → $0.10, ~11% more');
  });
});

describe('the command', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());
  const keep = (text: string) => {
    const { ledger } = cacheParts(join(machine.home, '.cache', 'headroom'));
    mkdirSync(ledger, { recursive: true });
    writeFileSync(join(ledger, 'ledger-000001.jsonl'), text);
  };
  const line = (values: Partial<LedgerLine> = {}) => `${JSON.stringify(turn(values))}\n`;

  test('says so where there is nothing, and makes nothing', async () => {
    expect(await machine.run(['perf'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('The ledger is empty') });
    expect(readdirSync(machine.home)).toEqual([]);
  });

  test('prints lines, JSON or CSV, since a time, and tells what it left out', async () => {
    keep(`${line()}{"v":1,"time":"2026-11\n${line({ time: '2026-10-01T00:00:00.000Z' })}${line().slice(0, 90)}`);
    const { code, stdout, stderr } = await machine.run(['perf']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2026-10-01 to 2026-11-22 · 1 launch · 2 requests to the model\n/);
    expect(stderr.split('\n').filter(Boolean)).toEqual([
      'headroom: ledger: 1 line not finished, left out',
      'headroom: ledger: 1 line cut short or damaged, left out',
    ]);
    const since = await machine.run(['perf', '--json', '--since', '2026-11-01']);
    expect(JSON.parse(since.stdout)).toMatchObject({ all: { requests: 1 }, estimated: ['removed', 'saved'] });
    expect((await machine.run(['perf', '--csv'])).stdout.split('\n')[1]).toMatch(/^all,,2,2000000,/);
  });

  test.each([
    [['--since', 'yesterday'], '--since: `yesterday` is no time'],
    [['--json', '--csv'], '--json and --csv cannot go together'],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await machine.run(['perf', ...words]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

test('a time is a span back from now, or a date', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  expect([readSince('7d', now), readSince('12h', now), readSince('2w', now)]).toEqual([
    now - 7 * 86_400_000,
    now - 43_200_000,
    now - 14 * 86_400_000,
  ]);
  expect(readSince('2026-11-01', now)).toBe(Date.UTC(2026, 10, 1));
});
