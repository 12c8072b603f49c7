/** What the ledger's lines come to: requests, tokens and dollars, in all and by day, agent, model, project, lever, kind and session. Pure. */
import type { LedgerLine, ResultSums } from '../store/ledger.ts';
import { type BilledTokens, chargeOf, costOf, estimateFactor, inputTokens, worthOf } from '../tokens/bill.ts';
import type { PriceList } from '../tokens/prices.ts';
import { groupMember } from './group-member.ts';
import type { KindSum } from './kind-table.ts';

/** Sums over requests to the model. Tokens as the provider counts; `removed`, `saved` and `before` are estimates. */
export interface RequestSum {
  requests: number;
  /** Input tokens as billed. */
  input: number;
  /** Tokens that requests would have held beyond that. While only observing: that would have been removed. */
  removed: number;
  /** US dollars, of requests whose model has a price. */
  billed: number;
  saved: number;
  /** Requests with usage whose model has none. */
  unpriced: number;
  /** Tokens cached once more because we changed what had been sent, and what that cost, which is taken off what was saved. Estimates. */
  rewritten: number;
  charged: number;
}

export interface SessionSum extends RequestSum {
  readonly launch: string;
  readonly agent: string;
  readonly project: string;
  readonly began: string;
}

/** Requests to a cold cache at which old results were rewritten. */
interface ColdSum {
  requests: number;
  /** Tokens of those results as they went out last and as they went then, as the provider counts, estimated. */
  before: number;
  after: number;
  /** US dollars of these requests, and what they would have cost beyond that; later turns not counted. */
  billed: number;
  saved: number;
}

export interface PerfSummary {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly launches: number;
  readonly all: RequestSum;
  /** Of them those that changed nothing: what they removed they would have removed. */
  readonly observed: RequestSum;
  readonly byDay: Readonly<Record<string, RequestSum>>;
  readonly byAgent: Readonly<Record<string, RequestSum>>;
  readonly byModel: Readonly<Record<string, RequestSum>>;
  readonly byProject: Readonly<Record<string, RequestSum>>;
  readonly sessions: readonly SessionSum[];
  /** Tokens removed in all requests, as the provider counts, estimated. */
  readonly byLever: Readonly<Record<string, number>>;
  /** Results at first sight, o200k tokens. */
  readonly byKind: Readonly<Record<string, KindSum>>;
  readonly leftAlone: Readonly<Record<string, { results: number; tokens: number }>>;
  /** Milliseconds of our own work on a request. */
  readonly added: { readonly p50: number; readonly p95: number; readonly most: number };
  readonly cold: ColdSum;
  readonly outcomes: { answered: number; failed: number; rejected: number; retried: number };
  readonly subscription: number;
}

export interface Summing {
  add(line: LedgerLine): void;
  end(): PerfSummary;
}

/** Dates by UTC. `factorOf`: from o200k tokens to the provider's, estimated unless it is given. */
export function startSumming(priceOf: PriceList, factorOf: (line: LedgerLine) => number = estimate): Summing {
  const all = none();
  const observed = none();
  const groups = { byDay: {}, byAgent: {}, byModel: {}, byProject: {} } as Record<
    'byDay' | 'byAgent' | 'byModel' | 'byProject',
    Record<string, RequestSum>
  >;
  const sessions = new Map<string, SessionSum>();
  const byLever: Record<string, number> = {};
  const byKind: Record<string, KindSum> = {};
  const leftAlone: Record<string, { results: number; tokens: number }> = {};
  const cold: ColdSum = { requests: 0, before: 0, after: 0, billed: 0, saved: 0 };
  const outcomes = { answered: 0, failed: 0, rejected: 0, retried: 0 };
  const added: number[] = [];
  let [from, to]: [string | undefined, string | undefined] = [undefined, undefined];
  let subscription = 0;

  return {
    add: (line) => {
      if (line.kind !== 'turn' && line.kind !== 'tool-output') return;
      from = from === undefined || line.time < from ? line.time : from;
      to = to === undefined || line.time > to ? line.time : to;
      const model = line.model ?? 'unknown';
      const factor = factorOf(line);
      addResults(line, factor);
      const session = sessionOf(line);
      if (line.kind === 'tool-output') return;
      added.push(line.addedMs);
      addOutcome(line);
      addCold(line, factor);
      if (line.bySubscription) subscription++;
      const sum = sumOf(line, factor, priceOf);
      const sums = [
        all,
        session,
        groupMember(groups.byDay, line.time.slice(0, 10), none),
        groupMember(groups.byAgent, line.agent, none),
        groupMember(groups.byModel, model, none),
        groupMember(groups.byProject, line.project.name, none),
        ...(line.mode === 'observe' ? [observed] : []),
      ];
      for (const each of sums) addTo(each, sum);
    },
    end: () => {
      added.sort((one, other) => one - other);
      const at = (share: number) => added[Math.max(0, Math.ceil(share * added.length) - 1)] ?? 0;
      const latency = { p50: at(0.5), p95: at(0.95), most: added.at(-1) ?? 0 };
      return {
        from,
        to,
        launches: sessions.size,
        all,
        observed,
        ...groups,
        sessions: [...sessions.values()],
        byLever,
        byKind,
        leftAlone,
        added: latency,
        cold,
        outcomes,
        subscription,
      };
    },
  };

  function sessionOf({ launch, agent, project, time }: LedgerLine): SessionSum {
    const session = sessions.get(launch) ?? { ...none(), launch, agent, project: project.name, began: time };
    sessions.set(launch, session);
    return session;
  }

  function addCold({ cold: rewritten, usage, model, upstream, time }: LedgerLine, factor: number): void {
    if (!rewritten) return;
    const [before, after] = [rewritten.before * factor, rewritten.after * factor];
    cold.requests++;
    cold.before += before;
    cold.after += after;
    const prices = usage ? priceOf({ model: model ?? '', upstream, input: inputTokens(usage), time: Date.parse(time) }) : undefined;
    if (!usage || !prices) return;
    cold.billed += costOf(usage, prices);
    // All of it was written anew.
    cold.saved += worthOf({ usage, removed: { first: before - after, carried: 0 } }, prices);
  }

  function addOutcome({ outcome, status, retried }: LedgerLine): void {
    if (retried) outcomes.retried++;
    if (outcome === 'upstream-failed') outcomes.failed++;
    else if ((status ?? 0) >= 400) outcomes.rejected++;
    else if (outcome === 'answered') outcomes.answered++;
  }

  function addResults({ first, carried }: LedgerLine, factor: number): void {
    for (const sums of [first, carried])
      for (const [lever, tokens] of Object.entries(sums.byLever)) byLever[lever] = (byLever[lever] ?? 0) + tokens * factor;
    for (const [kind, { results, before, after }] of Object.entries(first.byKind)) {
      const sum = groupMember(byKind, kind, () => ({ results: 0, before: 0, after: 0 }));
      sum.results += results;
      sum.before += before;
      sum.after += after;
    }
    for (const [reason, { results, tokens }] of Object.entries(first.leftAlone)) {
      const sum = groupMember(leftAlone, reason, () => ({ results: 0, tokens: 0 }));
      sum.results += results;
      sum.tokens += tokens;
    }
  }
}

/** What one line of the ledger comes to. */
export function sumRequest(line: LedgerLine, priceOf: PriceList): RequestSum {
  return sumOf(line, estimate(line), priceOf);
}

function estimate({ model, usage, bytes }: LedgerLine): number {
  return estimateFactor(model ?? undefined, usage ?? undefined, bytes.sent);
}

/** What one request comes to. Without usage it is counted, and nothing is claimed for it. */
function sumOf(line: LedgerLine, factor: number, priceOf: PriceList): RequestSum {
  const usage: BilledTokens | null = line.usage;
  if (!usage) return { ...none(), requests: 1 };
  const removed = { first: removedFrom(line.first) * factor, carried: removedFrom(line.carried) * factor };
  const input = inputTokens(usage);
  const { rewritten = 0 } = line;
  const sum = { ...none(), requests: 1, input, removed: removed.first + removed.carried, rewritten };
  const prices = priceOf({ model: line.model ?? '', upstream: line.upstream, input, time: Date.parse(line.time) });
  if (!prices) return { ...sum, unpriced: 1 };
  const charged = chargeOf({ usage, rewritten }, prices);
  return { ...sum, billed: costOf(usage, prices), saved: worthOf({ usage, removed }, prices) - charged, charged };
}

function removedFrom({ before, after }: ResultSums): number {
  return before - after;
}

function none(): RequestSum {
  return { requests: 0, input: 0, removed: 0, billed: 0, saved: 0, unpriced: 0, rewritten: 0, charged: 0 };
}

function addTo(sum: RequestSum, other: RequestSum): void {
  for (const name of Object.keys(none()) as (keyof RequestSum)[]) sum[name] += other[name];
}
