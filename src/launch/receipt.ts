/** The closing lines, and the same figures as JSON. Pure: totals in, lines out. Claims only what the provider's own usage bears out. */
import type { ProxyMode } from '../proxy/records.ts';
import { sayCount, sayDuration, sayNumber, sayShare, share } from '../text/say-amount.ts';
import { type Bill, inputTokens } from '../tokens/bill.ts';
import { priceSource } from '../tokens/prices.ts';
import { chargeLines, coldLines, costLines } from './receipt-cost.ts';
import { outputLines } from './receipt-outputs.ts';
import { row, sayTimes, sorted } from './receipt-words.ts';
import { usualStrays } from './silence.ts';
import type { Totals } from './totals.ts';

export interface ReceiptFacts {
  readonly title: string;
  /** Where the agent's requests may have gone instead; see `Wrapper`. */
  readonly strays?: string | undefined;
  readonly mode: ProxyMode;
  readonly profile: string;
  readonly totals: Totals;
  readonly startedAt: Date;
  readonly milliseconds: number;
  readonly exitCode: number;
  /** False: no traffic is no surprise. */
  readonly callsModel: boolean;
  /** `tool-output`: no request to the model passes through us, only what tools returned. */
  readonly covers?: 'requests' | 'tool-output';
  /** Why there was no proxy, where it could not be put up. */
  readonly withoutProxy: string | undefined;
  /** What it cost; absent where prices could not be loaded. */
  readonly bill?: Bill | undefined;
  /** True: no provider bills this. */
  readonly isDemo?: boolean;
}

export interface Style {
  readonly strong: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const plainStyle: Style = { strong: String, quiet: String, good: String, bad: String };

/** No lines where there is nothing to say. */
export function receiptLines(facts: ReceiptFacts, style: Style = plainStyle): readonly string[] {
  const { totals, title } = facts;
  const { requests } = totals;
  if (facts.covers === 'tool-output') return outputLines(facts, style);
  const head = style.strong('headroom');
  const time = sayDuration(facts.milliseconds);
  if (requests.all === 0) {
    if (!facts.callsModel && requests.refused === 0) return [];
    return [`${head} ${style.bad('nothing reached the proxy')} in ${time}: ${whyNothing(facts)}`];
  }
  if (requests.turns === 0 && !facts.callsModel) return [];
  const mode = { shrink: '', observe: ' · observed only, nothing was changed', off: ' · off, nothing was changed' }[facts.mode];
  const lines = [`${head} ${time} · ${sayCount(requests.turns, 'request')} to the model${mode}`];
  if (requests.turns === 0)
    return [...lines, row('', `${title} sent ${sayCount(requests.all, 'other request')} and asked the model nothing`)];
  lines.push(...inputLines(facts, style), ...usageLines(totals));
  lines.push(
    ...costLines({ bill: facts.bill, priceSource, paidBy: paidBy(facts), mode: facts.mode, ...style }),
    ...coldLines(totals.cold, facts.bill),
    ...chargeLines(totals.rewritten.tokens, facts.bill, style.bad),
    ...troubleLines(totals, style),
  );
  return lines.map((line) => line.replace(/^ {2}[a-z]+/, (label) => style.quiet(label)));
}

/** The figures of the receipt for programs. Estimated ones say so by their name or by `estimated`. */
export function receiptJson(facts: ReceiptFacts): string {
  const { totals } = facts;
  const after = inputTokens(totals.usage);
  const removed = Math.round(totals.removed.reported);
  const figures = {
    agent: facts.title,
    startedAt: facts.startedAt.toISOString(),
    seconds: Math.round(facts.milliseconds) / 1000,
    mode: facts.mode,
    profile: facts.profile,
    exitCode: facts.exitCode,
    requests: totals.requests,
    input: { before: after + removed, after, removed, share: share(removed, after + removed), estimated: ['before', 'removed', 'share'] },
    removedWithoutUsage: Math.round(totals.removed.silent),
    rewritten: { ...totals.rewritten, estimated: ['tokens'] },
    cold: coldJson(facts),
    removedBy: Object.fromEntries(sorted(totals.removedBy).map(([lever, tokens]) => [lever, Math.round(tokens)])),
    usage: totals.usage,
    ...(facts.bill ? { cost: costJson(facts, facts.bill) } : {}),
    ...(facts.covers === 'tool-output' ? { toolOutput: { ...totals.toolOutput, estimated: ['before', 'after'] } } : {}),
    results: totals.results,
    leftAlone: totals.leftAlone,
    unread: totals.unread,
    addedMilliseconds: totals.added,
    restarts: totals.restarts,
    withoutProxy: facts.withoutProxy ?? null,
  };
  return `${JSON.stringify(figures, undefined, 2)}\n`;
}

function coldJson({ totals: { cold, tripped }, bill }: ReceiptFacts): unknown {
  const dollars = bill?.cold && { billed: roundDollars(bill.cold.billed), saved: roundDollars(bill.cold.saved) };
  const tokens = { before: Math.round(cold.before), after: Math.round(cold.after) };
  return { requests: cold.turns, ...tokens, ...dollars, tripped, estimated: ['before', 'after', 'saved'] };
}

/** US dollars. */
function costJson(facts: ReceiptFacts, { billed, saved, charged, unpriced }: Bill): unknown {
  return {
    billed: roundDollars(billed),
    saved: roundDollars(saved),
    charged: roundDollars(charged),
    unpriced,
    prices: priceSource,
    paidBy: paidBy(facts),
    estimated: ['saved', 'charged'],
  };
}

function roundDollars(dollars: number): number {
  return Math.round(dollars * 1_000_000) / 1_000_000;
}

function paidBy({ isDemo, totals }: ReceiptFacts): 'key' | 'subscription' | 'nothing' {
  if (isDemo) return 'nothing';
  return totals.turns.length > 0 && totals.turns.every(({ bySubscription }) => bySubscription) ? 'subscription' : 'key';
}

function inputLines({ mode, totals }: ReceiptFacts, style: Style): readonly string[] {
  const { requests, usage } = totals;
  const lines: string[] = [];
  const after = inputTokens(usage);
  const removed = Math.round(totals.removed.reported);
  if (requests.reported > 0 && mode === 'off') lines.push(row('input', `${sayNumber(after)} tokens`));
  else if (requests.reported > 0 && mode === 'observe') {
    lines.push(
      row('input', `${sayNumber(after)} tokens; ~${sayNumber(removed)} of them (~${sayShare(removed, after)}) would have been removed`),
    );
  } else if (requests.reported > 0 && removed === 0) lines.push(row('input', `${sayNumber(after)} tokens`));
  else if (requests.reported > 0) {
    const saved = style.good(`~${sayShare(removed, after + removed)} removed`);
    lines.push(row('input', `~${sayNumber(after + removed)} → ${sayNumber(after)} tokens, ${saved}`));
  }
  if (requests.silent > 0) {
    const estimate =
      totals.removed.silent > 0 && mode !== 'off'
        ? `; by our own estimate ~${sayNumber(totals.removed.silent)} tokens ${verb(mode)} there`
        : '';
    lines.push(row('input', `no usage reported for ${sayCount(requests.silent, 'request')}${estimate}`));
  }
  if (mode === 'off') return lines;
  const levers = sorted(totals.removedBy).map(([lever, tokens]) => `${lever} ~${sayNumber(tokens)}`);
  if (levers.length > 0) lines.push(row('by', levers.join(' · ')));
  else lines.push(row('', whyUnshrunk(totals)));
  return lines;
}

function usageLines({ requests, usage }: Totals): readonly string[] {
  if (requests.reported === 0) return [];
  const cacheWrite = usage.cacheWrite5m + usage.cacheWrite1h;
  const tiers: readonly [string, number][] = [
    ['fresh', usage.fresh],
    ['cache write', cacheWrite],
    ['cache read', usage.cacheRead],
    ['output', usage.output],
  ];
  return [row('billed', tiers.map(([tier, tokens]) => `${tier} ${sayNumber(tokens)}`).join(' · '))];
}

function troubleLines({ requests, restarts, leftAlone, tripped }: Totals, style: Style): readonly string[] {
  const troubles: string[] = [];
  if (requests.retried > 0) troubles.push(`${sayCount(requests.retried, 'request')} sent again with the originals after a 400`);
  if (requests.rejected > 0) troubles.push(`${sayCount(requests.rejected, 'request')} answered with an error by the provider`);
  if (requests.failed > 0)
    troubles.push(`${sayCount(requests.failed, 'request')} without an answer: the provider was not reached or broke off`);
  if (requests.refused > 0) troubles.push(`${sayCount(requests.refused, 'foreign request')} refused`);
  const faults = Object.entries(leftAlone).filter(([reason]) => /threw|inverse failed/.test(reason));
  for (const [reason, { results }] of faults) troubles.push(`${sayCount(results, 'result')} sent as it came: ${reason}`);
  for (const [lever, times] of Object.entries(tripped))
    troubles.push(
      `${lever}: the provider wrote again what it had, ${sayTimes(times)}${times > 1 ? '; it is off for that conversation' : ''}`,
    );
  if (restarts.length > 0) troubles.push(`the proxy's worker died ${sayTimes(restarts.length)}: ${restarts.at(-1)}`);
  return troubles.map((trouble) => row('', style.bad(trouble)));
}

function whyNothing({ title, strays = usualStrays, totals, exitCode, milliseconds, withoutProxy }: ReceiptFacts): string {
  if (withoutProxy) return withoutProxy;
  if (totals.requests.refused > 0)
    return `${sayCount(totals.requests.refused, 'request')} came without the launch's secret and were refused`;
  if (exitCode !== 0 && milliseconds < 60_000) return `${title} ended with code ${exitCode} before it asked the model anything`;
  return `${title} asked the model nothing, or ${strays}`;
}

function whyUnshrunk({ results, leftAlone, unread }: Totals): string {
  const whole = sorted(unread).map(([reason, count]) => `${sayCount(count, 'request')}: ${reason}`);
  if (whole.length > 0) return `nothing was shrunk: ${whole.slice(0, 3).join(' · ')}`;
  if (results.seen === 0) return 'nothing to shrink: no tool results were sent';
  const reasons = Object.entries(leftAlone).sort(([, one], [, other]) => other.tokens - one.tokens || other.results - one.results);
  const said = reasons.slice(0, 3).map(([reason, { results: count }]) => `${sayNumber(count)} ${reason}`);
  return `nothing could be shrunk in ${sayCount(results.seen, 'tool result')}: ${said.join(' · ')}`;
}

function verb(mode: ProxyMode): string {
  return mode === 'observe' ? 'would have been removed' : 'were removed';
}
