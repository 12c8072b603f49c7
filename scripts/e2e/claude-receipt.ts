/** The receipt against what upstream itself billed: the figures for people, those for programs, and the line per block. */
import type { BilledUsage } from '../../src/demo/prompt-cache.ts';
import type { Checks } from './checks.ts';
import type { Visit } from './claude-visit.ts';
import { resultsOf, turnsOf, usagesOf } from './wire.ts';

interface ReceiptJson {
  readonly exitCode: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly input: { readonly before: number; readonly after: number; readonly removed: number };
  readonly usage: Readonly<Record<string, number>>;
}

export interface WrittenFiles {
  readonly receipt: string;
  readonly explain: string;
}

export function checkReceipt(checks: Checks, bare: Visit, { finished, requests }: Visit, files: WrittenFiles): void {
  const receipt = parse(files.receipt);
  if (!checks.check('--receipt-json is JSON', receipt !== undefined, files.receipt)) return;
  const { usage, input, exitCode, requests: counts } = receipt!;
  const usages = usagesOf(requests);
  const sum = (pick: (usage: BilledUsage) => number) => usages.reduce((total, each) => total + pick(each), 0);
  const billed = {
    fresh: sum((each) => each.input_tokens),
    cacheWrite5m: sum((each) => each.cache_creation.ephemeral_5m_input_tokens),
    cacheWrite1h: sum((each) => each.cache_creation.ephemeral_1h_input_tokens),
    cacheRead: sum((each) => each.cache_read_input_tokens),
    output: sum((each) => each.output_tokens),
  };
  const told = Object.fromEntries(Object.keys(billed).map((tier) => [tier, usage[tier]]));
  checks.equal('its usage is what upstream billed, tier by tier', JSON.stringify(told), JSON.stringify(billed));
  const after = billed.fresh + billed.cacheWrite5m + billed.cacheWrite1h + billed.cacheRead;
  checks.check(
    'its input is all that upstream billed as input',
    input.after === after && input.before - input.removed === after,
    JSON.stringify(input),
  );
  checks.check('it counts each request once', counts.turns === usages.length && exitCode === finished.code, JSON.stringify(counts));

  const saysAll = [usages.length, after, billed.cacheRead, billed.output].every((figure) =>
    finished.stderr.includes(figure.toLocaleString('en-US')),
  );
  checks.check('the receipt on stderr says the same figures', saysAll, finished.stderr);
  checks.check('a bare run has nothing on stderr that we took away', finished.stderr.includes(bare.finished.stderr));
  const real = usagesOf(bare.requests).reduce((total, each) => total + totalInput(each), 0) - after;
  checks.check(
    'what it says was removed is within 10% of the truth',
    Math.abs(input.removed - real) < 0.1 * real,
    `${input.removed} and ${real}`,
  );
  checks.note(`receipt: ~${input.removed} input tokens removed; upstream's own count is ${real} below bare`);
  checks.note(finished.stderr.trim().replaceAll('\n', '\n        '));

  const blocks = files.explain
    .split('\n')
    .filter(Boolean)
    .map((line) => parse(line) as { request: number } | undefined);
  const last = turnsOf(requests).at(-1);
  const lines = blocks.filter((block) => block?.request === usages.length).length;
  checks.check(
    '--explain has a line for each result of the last request',
    last !== undefined && lines === resultsOf(last).length,
    `${lines} lines`,
  );
}

function totalInput(usage: BilledUsage): number {
  return usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
}

function parse(text: string): ReceiptJson | undefined {
  try {
    return JSON.parse(text) as ReceiptJson;
  } catch {
    return undefined;
  }
}
