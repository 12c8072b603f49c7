/** What rewriting old results at cold moments takes off a session's bill, each result that has to be opened again counted against it as one more turn. */

import { readUsage } from '../../src/perf/claude-transcript.ts';
import { type CacheState, findCacheStates } from '../../src/perf/cold-moments.ts';
import type { TokenCounter } from '../../src/tokens/count.ts';
import type { Session } from '../../test/helpers/corpus.ts';
import { type BilledRequest, price, type RecordedRequest } from './bill-request.ts';
import { type ColdMiss, type ColdRecall, recallStretch } from './cold-recall.ts';
import { type Entry, type Replays, replayCold, type Stretch } from './replay.ts';

export interface ColdBill {
  readonly moments: number;
  /** In tokens of fresh input: the requests at these moments as they were. */
  readonly cost: number;
  /** What the lever saves in these requests, and in all. */
  readonly savedThen: number;
  readonly saved: number;
  /** What all results older than the moment would cost from there on, as they stand without this lever: no choice of results saves more. */
  readonly ceiling: number;
  /** What opening again costs: once for each original until the next cold moment. */
  readonly opened: number;
  readonly openedCost: number;
  /** The same if strings shared by chance were needed too, once for each original, and once for each string. */
  readonly strictCost: number;
  readonly strictestCost: number;
  readonly recall: ColdRecall;
  readonly losses: readonly ColdLoss[];
}

export interface ColdLoss extends ColdMiss {
  readonly entry: Entry | undefined;
}

/** Tokens of a call that opens an original. */
const callTokens = 100;

/** From times, models and the life of what was written alone. */
export function foreseen(session: Session): CacheState[] {
  return findCacheStates(pastRequests(session));
}

/** With hindsight: also where usage shows that less than half of what the request before held was found. */
export function withHindsight(session: Session): CacheState[] {
  let before = 0;
  let changes = 0;
  let era = '';
  return foreseen(session).map(({ cold, era: told }, at) => {
    const usage = readUsage((session.requests[at] as RecordedRequest).usage);
    const begins = session.requests[at]?.context_start !== session.requests[at - 1]?.context_start;
    const isMissed = usage !== undefined && !begins && usage.cacheRead < before / 2;
    before = usage ? usage.fresh + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h : before;
    if (cold || isMissed || told !== era) changes++;
    era = told;
    return { era: String(changes).padStart(16, '0'), cold: cold ?? (isMissed ? 'idle' : undefined) };
  });
}

/** As if it had been cold at each quarter of it: many more moments than were recorded, to see what is needed after them. */
export function atQuarters({ requests }: Session): CacheState[] {
  const moments = [1, 2, 3].map((quarter) => Math.floor((requests.length * quarter) / 4));
  let changes = 0;
  return requests.map(({ context_start }, at) => {
    const isCold = moments.includes(at) && context_start === requests[at - 1]?.context_start;
    if (isCold) changes++;
    return { era: String(changes).padStart(16, '0'), cold: isCold ? 'idle' : undefined };
  });
}

function pastRequests({ requests }: Session) {
  return requests.map((request, at) => {
    const { model, usage, timestamp } = request as RecordedRequest & { readonly timestamp?: string | null };
    const time = timestamp ? Date.parse(timestamp) : Number.NaN;
    return {
      time: Number.isNaN(time) ? undefined : time,
      model: model ?? undefined,
      usage: readUsage(usage),
      begins: request.context_start !== requests[at - 1]?.context_start,
    };
  });
}

/** `billed`: of every request of every context, in order. */
export function billCold(
  session: Session,
  replays: Replays,
  billed: readonly BilledRequest[],
  states: readonly CacheState[],
  count: TokenCounter,
): ColdBill {
  const recall: ColdRecall = { edits: 0, others: 0, needed: 0, misses: [] };
  const sum = { moments: 0, cost: 0, savedThen: 0, saved: 0, ceiling: 0, opened: 0, openedCost: 0, strictCost: 0, strictestCost: 0 };
  const losses: ColdLoss[] = [];
  const { contexts } = replays.standard;
  const acted = contexts.map((_, n) => new Set(contexts.slice(0, n).flatMap(({ entries }) => entries.map(({ message }) => message))));
  const firsts = contexts.map((_, n) => contexts.slice(0, n).reduce((all, { requests }) => all + requests.length, 0));
  for (const stretch of replayCold(session, states, count)) {
    const context = contexts[stretch.context]!;
    const billedOf = (request: number) => billed[(firsts[stretch.context] ?? 0) + request]!;
    const lengthOf = (request: number) => context.requests[request]?.length ?? 0;
    const less = [0];
    const old = context.entries.slice(0, lengthOf(stretch.from - 1)).reduce((all, { after }) => all + after, 0);
    for (const [at, { after }] of stretch.entries.entries()) less.push((less.at(-1) ?? 0) + (context.entries[at]?.after ?? 0) - after);
    for (let request = stretch.from; request < stretch.until; request++) {
      const { priceOfCarried, priceOfNew, factor, read, written, output } = billedOf(request);
      const carried = less[lengthOf(request - 1)] ?? 0;
      const saved = (carried * priceOfCarried + ((less[lengthOf(request)] ?? 0) - carried) * priceOfNew) * factor;
      sum.saved += saved;
      sum.ceiling += old * priceOfCarried * factor;
      const { index } = context.requests[request]!;
      if (states[index]?.cold === undefined || request !== stretch.from) continue;
      sum.moments++;
      sum.cost += read + written + output;
      sum.savedThen += saved;
    }
    const first = recall.misses.length;
    recallStretch(context, stretch, lengthOf(stretch.from), stretch.entries.length, acted[stretch.context]!, recall);
    const [opened, touched] = [new Set<number>(), new Set<number>()];
    for (const miss of recall.misses.slice(first)) {
      const entry = stretch.entries[miss.origin];
      losses.push({ ...miss, entry });
      const cost = costOfOpening(stretch, miss, entry);
      sum.strictestCost += cost;
      if (!touched.has(miss.origin)) sum.strictCost += cost;
      touched.add(miss.origin);
      if (!miss.isNeeded || opened.has(miss.origin)) continue;
      opened.add(miss.origin);
      sum.opened++;
      sum.openedCost += cost;
    }

    /** A request that reads the whole context and is told the original, which then stands in every request to the end. */
    function costOfOpening({ until }: Stretch, { at }: ColdMiss, entry: Entry | undefined): number {
      let request = stretch.from;
      while (request + 1 < context.requests.length && lengthOf(request) <= at) request++;
      const { input, factor, priceOfNew } = billedOf(request);
      const tokens = (entry?.before ?? 1000) * factor;
      return (
        input * price.read +
        callTokens * price.output +
        tokens * (Math.max(1, Math.min(priceOfNew, price.write1h)) + price.read * (until - request))
      );
    }
  }
  return { ...sum, recall, losses };
}
