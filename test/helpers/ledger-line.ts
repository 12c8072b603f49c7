/** A line of the ledger as a launch writes it. */
import type { LedgerLine } from '../../src/store/ledger.ts';

const sums = {
  results: 2,
  before: 1200,
  after: 700,
  byKind: { 'numbered-lines': { results: 1, before: 1100, after: 600 }, text: { results: 1, before: 100, after: 100 } },
  byLever: { 'line numbers': 500 },
  leftAlone: { small: { results: 1, tokens: 100 } },
};

export function ledgerLine(values: Partial<LedgerLine> = {}): LedgerLine {
  return {
    v: 1,
    time: '2026-11-22T10:00:00.000Z',
    launch: '1-1.0-00000000-00000000',
    agent: 'claude',
    project: { name: 'project', id: '0011223344556677' },
    version: '0.1.0',
    mode: 'shrink',
    profile: 'standard',
    upstream: 'api.anthropic.com',
    protocol: 'anthropic-messages',
    kind: 'turn',
    model: 'claude-opus-5-5',
    outcome: 'answered',
    status: 200,
    retried: false,
    untouched: null,
    bytes: { received: 20_000, sent: 18_000 },
    usage: { fresh: 3, cacheWrite5m: 0, cacheWrite1h: 500, cacheRead: 4000, output: 90 },
    first: sums,
    carried: sums,
    addedMs: 1.5,
    ...values,
  };
}
