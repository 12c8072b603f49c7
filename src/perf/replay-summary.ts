/** What replayed conversations come to: tokens and dollars by tier, before and after, and how well the model of the cache explains what was recorded. */
import { type BilledTokens, costOf, inputTokens, noTokens } from '../tokens/bill.ts';
import type { PriceList, Prices } from '../tokens/prices.ts';
import { groupMember } from './group-member.ts';
import type { KindSum } from './kind-table.ts';
import type { ReplayedRequest, ReplayedTranscript } from './replay.ts';

export type Tier = keyof BilledTokens;
export const tiers: readonly Tier[] = ['cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'fresh', 'output'];

interface BillSide {
  readonly tokens: Record<Tier, number>;
  /** US dollars, of requests whose model has a price. */
  readonly dollars: Record<Tier, number>;
}

export interface ReplaySum {
  conversations: number;
  requests: number;
  unpriced: number;
  readonly before: BillSide;
  readonly after: BillSide;
}

interface ReplayCheck {
  /** Requests with recorded usage, and their input tokens as recorded, as modelled, and the sum of the differences. */
  requests: number;
  recorded: number;
  modelled: number;
  difference: number;
  /** Of both, what was read from the cache. */
  recordedRead: number;
  modelledRead: number;
}

/** What the lever did that rewrites old results where the provider's cache was certainly cold. Dollars, of requests whose model has a price. */
interface ColdSum {
  moments: number;
  /** Cost of the requests at these moments: as they were, and as they would have been. */
  before: number;
  after: number;
  /** Input tokens of the same. */
  tokensBefore: number;
  tokensAfter: number;
  /** What the lever alone saves, at these moments and in the turns after them. */
  saved: number;
}

export interface ReplaySummary {
  readonly all: ReplaySum;
  readonly byAgent: Readonly<Record<string, ReplaySum>>;
  readonly byModel: Readonly<Record<string, ReplaySum>>;
  readonly conversations: readonly (ReplaySum & { readonly name: string; readonly agent: string })[];
  readonly check: ReplayCheck;
  readonly cold: Readonly<ColdSum>;
  /** Results at first sight, o200k tokens. */
  readonly byLever: Readonly<Record<string, number>>;
  readonly byKind: Readonly<Record<string, KindSum>>;
  readonly results: { count: number; before: number; after: number };
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface ReplaySumming {
  add(transcript: ReplayedTranscript): void;
  end(): ReplaySummary;
}

export function startReplaySumming(priceOf: PriceList): ReplaySumming {
  const all = emptySum();
  const byAgent: Record<string, ReplaySum> = {};
  const byModel: Record<string, ReplaySum> = {};
  const conversations: (ReplaySum & { name: string; agent: string })[] = [];
  const check: ReplayCheck = { requests: 0, recorded: 0, modelled: 0, difference: 0, recordedRead: 0, modelledRead: 0 };
  const byLever: Record<string, number> = {};
  const byKind: Record<string, KindSum> = {};
  const results = { count: 0, before: 0, after: 0 };
  const cold: ColdSum = { moments: 0, before: 0, after: 0, tokensBefore: 0, tokensAfter: 0, saved: 0 };
  let [from, to]: [number | undefined, number | undefined] = [undefined, undefined];

  return {
    add: ({ name, agent, requests, results: records }) => {
      const own = { ...emptySum(), name, agent };
      conversations.push(own);
      const agentSum = groupMember(byAgent, agent, emptySum);
      const models = new Set<ReplaySum>();
      for (const request of requests) {
        const modelSum = groupMember(byModel, request.model ?? 'unknown', emptySum);
        models.add(modelSum);
        for (const sum of [all, own, agentSum, modelSum]) addRequest(sum, request);
        addCold(request);
        addCheck(request);
        if (request.time !== undefined) {
          from = Math.min(from ?? request.time, request.time);
          to = Math.max(to ?? request.time, request.time);
        }
      }
      for (const sum of [all, own, agentSum, ...models]) sum.conversations++;
      for (const record of records) {
        const kind = groupMember(byKind, record.kind, () => ({ results: 0, before: 0, after: 0 }));
        for (const sum of [kind, results]) {
          sum.before += record.tokensBefore;
          sum.after += record.tokensAfter;
        }
        kind.results++;
        results.count++;
        for (const [lever, tokens] of Object.entries(record.levers)) byLever[lever] = (byLever[lever] ?? 0) + tokens;
      }
    },
    end: () => ({ all, byAgent, byModel, conversations, check, byLever, cold, byKind, results, from, to }),
  };

  // One price for both sides: a request that grew over a limit of its model is not counted as saved.
  function pricesOf({ model, time, before }: ReplayedRequest): Prices | undefined {
    return model === undefined ? undefined : priceOf({ model, upstream: undefined, time: time ?? 0, input: inputTokens(before) });
  }

  function addRequest(sum: ReplaySum, request: ReplayedRequest): void {
    const { before, after } = request;
    sum.requests++;
    const prices = pricesOf(request);
    if (!prices) sum.unpriced++;
    for (const tier of tiers) {
      sum.before.tokens[tier] += before[tier];
      sum.after.tokens[tier] += after[tier];
      if (!prices) continue;
      const cost = (tokens: BilledTokens) => costOf({ ...noTokens(), [tier]: tokens[tier] }, prices);
      sum.before.dollars[tier] += cost(before);
      sum.after.dollars[tier] += cost(after);
    }
  }

  function addCold(request: ReplayedRequest): void {
    const { before, after, afterWarm, isCold } = request;
    const prices = pricesOf(request);
    if (prices) cold.saved += costOf(afterWarm, prices) - costOf(after, prices);
    if (!isCold) return;
    cold.moments++;
    cold.tokensBefore += inputTokens(before);
    cold.tokensAfter += inputTokens(after);
    if (!prices) return;
    cold.before += costOf(before, prices);
    cold.after += costOf(after, prices);
  }

  function addCheck({ before, recorded }: ReplayedRequest): void {
    if (!recorded) return;
    const [told, modelled] = [inputTokens(recorded), inputTokens(before)];
    check.requests++;
    check.recorded += told;
    check.modelled += modelled;
    check.difference += Math.abs(told - modelled);
    check.recordedRead += recorded.cacheRead;
    check.modelledRead += before.cacheRead;
  }
}

/** All tiers together. */
export function total(side: Readonly<Record<Tier, number>>, chosen: readonly Tier[] = tiers): number {
  return chosen.reduce((sum, tier) => sum + side[tier], 0);
}

function emptySum(): ReplaySum {
  return { conversations: 0, requests: 0, unpriced: 0, before: emptySide(), after: emptySide() };
}

function emptySide(): BillSide {
  return { tokens: noTokens(), dollars: noTokens() };
}
