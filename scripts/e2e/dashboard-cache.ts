/** A cache with a ledger of some weeks and a few originals in it, made up: the same in every run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDecisions } from '../../src/store/decision-files.ts';
import type { RecordedDecision } from '../../src/store/decisions.ts';
import { type LedgerBlock, type LedgerLine, openLedger } from '../../src/store/ledger.ts';
import { openOriginals } from '../../src/store/originals.ts';
import { cacheParts } from '../../src/store/place.ts';
import { ledgerLine } from '../../test/helpers/ledger-line.ts';

const agents = [
  { agent: 'claude', model: 'claude-opus-4-5', upstream: 'api.anthropic.com', protocol: 'anthropic-messages' },
  { agent: 'codex', model: 'gpt-5', upstream: 'api.openai.com', protocol: 'openai-responses' },
  { agent: 'aider', model: 'claude-sonnet-4-5', upstream: 'api.anthropic.com', protocol: 'anthropic-messages' },
  { agent: 'claude', model: 'house-model-1', upstream: 'gateway.example.org', protocol: 'anthropic-messages' },
] as const;
const projects = ['orders', 'website', 'a-project-with-a-rather-long-name'];
const levers = ['repeats', 'line numbers', 'search paths', 'excerpt', 'terminal noise'];
const kinds = ['numbered-lines', 'search', 'test-runs', 'git', 'json', 'text'];

/** By which two results are found among the decisions. */
const [sentKey, excerptKey] = ['00112233aabbccdd', 'ffeeddcc44556677'];
const shownFile = '     1→import { render } from "./page";\n[… 2-60 as above: Read page.ts]';
const shownRun = `collected 401 items

[… 400 lines: passed tests]
tests/test_store.py::test_refund FAILED   [100%]
[… 12 lines]
FAILED tests/test_store.py::test_refund - assert 5 == 4
[… 412 lines not shown, full text: /home/dev/.cache/headroom/originals/0123456789abcdef]`;

/** Makes the folder; returns the name of an original that an excerpt can be made of. */
export function furnishCache(cacheFolder: string): string {
  const parts = cacheParts(cacheFolder);
  const originals = openOriginals(parts.originals);
  for (const text of [listing(), 'A text that nobody claims.\n'.repeat(900)]) originals.keep(text);
  const kept = originals.keep(testRun());
  if (!kept.isKept) throw new Error(kept.reason);
  const ledger = openLedger(parts.ledger);
  for (let number = 0; number < 900; number++) {
    const line = madeUp(number, kept.name);
    ledger.append(line);
    const decided = (line.blocks ?? []).flatMap(decisionOf);
    void openDecisions(parts.decisions).append('a'.repeat(32), { v: 1, id: `${number}`, scope: 's', era: 'e', decided });
  }
  ledger.close();
  // Not ours: it must not be listed.
  mkdirSync(parts.originals, { recursive: true });
  writeFileSync(join(parts.originals, 'notes.txt'), 'not an original');
  return kept.name;
}

function decisionOf({ key, kind, before, after, original }: LedgerBlock): readonly RecordedDecision[] {
  if (key === undefined) return [];
  const same = { key: key.padEnd(32, '0'), reason: 'shrunk', kind, levers: {}, before, after };
  return [original === undefined ? { ...same, text: shownFile } : { ...same, text: shownRun, form: 'excerpt', original }];
}

/** One more request, of today's session. */
export function appendRequest(cacheFolder: string): void {
  const ledger = openLedger(cacheParts(cacheFolder).ledger);
  ledger.append(ledgerLine({ time: '2026-11-21T12:00:00.000Z', launch: '9999-1.0-00000000-00000000' }));
  ledger.close();
}

function madeUp(number: number, original: string): LedgerLine {
  const who = agents[(number * 7) % 20 < 12 ? 0 : (number % 3) + 1]!;
  const day = Math.floor(number / 30);
  // Some days are quiet, and one has nothing.
  const time = new Date(Date.UTC(2026, 9, 20 + day + (day > 9 ? 1 : 0), 8, (number % 30) * 13, number % 60));
  const size = 20_000 + ((number * 7919) % 90_000) * (day % 7 < 5 ? 1 : 0.2);
  const first = sums(Math.round(size / 40), number);
  return ledgerLine({
    ...who,
    time: time.toISOString(),
    launch: `${1000 + Math.floor(number / 25)}-1.0-00000000-00000000`,
    project: { name: projects[Math.floor(number / 25) % 3]!, id: `${number % 3}`.repeat(16) },
    ...(number % 97 === 0
      ? { usage: null, status: 529 }
      : { usage: { fresh: 12, cacheWrite5m: Math.round(size / 20), cacheWrite1h: 0, cacheRead: Math.round(size), output: 300 } }),
    mode: number % 61 === 0 ? 'observe' : 'shrink',
    bytes: { received: Math.round(size * 4.6), sent: Math.round(size * 4) },
    first,
    carried: sums(Math.round(size / 3), number + 1),
    // Lines of the first weeks are of an older version.
    ...(number < 800 ? {} : { blocks: blocksOf(first, original) }),
    ...(number === 899 ? { cold: { why: 'idle', before: 9000, after: 4000 } } : {}),
    ...(number % 83 === 0 ? { rewritten: Math.round(size / 30) } : {}),
    addedMs: 1 + ((number * 31) % 90) / 10,
  });
}

function sums(before: number, number: number): LedgerLine['first'] {
  const removed = Math.round(before * (0.1 + (number % 5) * 0.05));
  const [kind, other] = [kinds[number % kinds.length]!, kinds[(number + 2) % kinds.length]!];
  return {
    results: 5,
    before,
    after: before - removed,
    byKind: {
      [kind]: { results: 3, before: before - 400, after: before - 400 - removed },
      [other]: { results: 2, before: 400, after: 400 },
    },
    byLever: { [levers[number % levers.length]!]: removed },
    leftAlone: { small: { results: 1, tokens: 0 }, 'nothing to gain': { results: 1, tokens: 400 } },
  };
}

/** The sums' results one by one, but for the one that was too small to be counted. */
function blocksOf({ before, after, byLever, byKind }: LedgerLine['first'], original: string): readonly LedgerBlock[] {
  const [kind = 'text', other = 'text'] = Object.keys(byKind);
  const [[lever = 'repeats', removed = 0] = []] = Object.entries(byLever);
  const excerpt = Math.round(removed / 2);
  const half = Math.round((before - 400) / 2);
  return [
    {
      tool: 'Bash',
      kind: 'test-runs',
      form: 'excerpt',
      before: half,
      after: half - excerpt,
      levers: { excerpts: excerpt },
      original,
      key: excerptKey,
    },
    {
      ...{ tool: 'Read', kind, form: 'invertible', before: before - 400 - half, after: after - 400 - half + excerpt },
      levers: { [lever]: removed - excerpt },
      key: sentKey,
    },
    { tool: 'mcp__tracker__list_issues', kind: other, form: null, reason: 'nothing to gain', before: 400, after: 400 },
  ];
}

/** A test run with one failure among what passed, as pytest prints it. */
function testRun(): string {
  const passed = Array.from(
    { length: 400 },
    (_, at) => `tests/test_orders_${at % 20}.py::test_case_number_${at} PASSED   [${String(Math.floor(at / 4)).padStart(3)}%]`,
  );
  const failed = [
    'tests/test_store.py::test_refund FAILED   [100%]',
    '',
    '=================================== FAILURES ===================================',
  ];
  const why = [
    '_________________________________ test_refund __________________________________',
    '',
    '    def test_refund():',
    '>       assert refund(3) == 4',
    'E       assert 5 == 4',
    '',
    'tests/test_store.py:12: AssertionError',
  ];
  const head = [
    '============================= test session starts ==============================',
    'platform linux -- Python 3.12.1, pytest-8.0.0, pluggy-1.4.0',
    'rootdir: /srv/orders',
    'collected 401 items',
    '',
  ];
  const tail = [
    '=========================== short test summary info ============================',
    'FAILED tests/test_store.py::test_refund - assert 5 == 4',
    '======================== 1 failed, 400 passed in 3.21s =========================',
  ];
  return `${[...head, ...passed, ...failed, ...why, ...tail].join('\n')}\n`;
}

function listing(): string {
  return Array.from({ length: 600 }, (_, at) => `./src/components/part-${at % 30}/widget-${at}.tsx`).join('\n');
}
