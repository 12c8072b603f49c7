/**
 * The bill: what requests cost by the provider's own usage, and what the tokens that we took out would have cost in each request that they
 * would have stood in. What was removed is an estimate; a cache discount is never counted as a saving.
 */
import { sayDollars, sayNumber } from '../text/say-amount.ts';
import { familyFactor } from './family.ts';
import type { PriceList, Prices } from './prices.ts';

/** What a provider counted for one reply, in tokens, as billed. */
export interface BilledTokens {
  fresh: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  output: number;
}

export function noTokens(): BilledTokens {
  return { fresh: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 };
}

/** What a usage counts, without what else it holds. */
export function tokensIn({ fresh, cacheWrite5m, cacheWrite1h, cacheRead, output }: BilledTokens): BilledTokens {
  return { fresh, cacheWrite5m, cacheWrite1h, cacheRead, output };
}

/** One request to the model that was answered with usage. */
export interface BilledTurn {
  readonly time: number;
  readonly model: string | undefined;
  readonly upstream: string | undefined;
  readonly usage: BilledTokens;
  /** Tokens that this request would have held beyond what it did, by whether it would have been the first to hold them; as the provider counts, estimated. */
  readonly removed: { readonly first: number; readonly carried: number };
  /** Tokens that were written to the prompt cache once more because we changed what had been sent; as the provider counts, estimated. */
  readonly rewritten: number;
  /** Set where the provider held nothing of it and old results were rewritten: tokens that were not written for that; as the provider counts, estimated. */
  readonly cold?: number;
  /** Paid by the month, not by the token. */
  readonly bySubscription: boolean;
}

/** US dollars. */
export interface Bill {
  readonly billed: number;
  /** Less than nothing where we made it dearer: `charged` is taken off. */
  readonly saved: number;
  /** What it cost that we changed what had been sent. */
  readonly charged: number;
  /** Of the turns to a cold cache: what they cost, and what they would have cost beyond that; absent where there were none. */
  readonly cold?: { readonly billed: number; readonly saved: number };
  readonly turns: number;
  /** Turns of models without a price, which are in neither sum. */
  readonly unpriced: Readonly<Record<string, number>>;
}

export function addUpBill(turns: readonly BilledTurn[], priceOf: PriceList): Bill {
  let [billed, saved, charged] = [0, 0, 0];
  let cold: Bill['cold'];
  const unpriced: Record<string, number> = {};
  for (const turn of turns) {
    const { model = 'an unnamed model', upstream, time, usage } = turn;
    const prices = priceOf({ model, upstream, time, input: inputTokens(usage) });
    if (!prices) {
      unpriced[model] = (unpriced[model] ?? 0) + 1;
      continue;
    }
    billed += costOf(usage, prices);
    const charge = chargeOf(turn, prices);
    charged += charge;
    saved += worthOf(turn, prices) - charge;
    if (turn.cold === undefined) continue;
    const { billed: before = 0, saved: more = 0 } = cold ?? {};
    cold = { billed: before + costOf(usage, prices), saved: more + (turn.cold * priceOfNew(usage, prices)) / 1_000_000 };
  }
  return { billed, saved, charged, ...(cold ? { cold } : {}), turns: turns.length, unpriced };
}

/** All that the provider counted as input. */
export function inputTokens(usage: BilledTokens): number {
  return usage.fresh + usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheRead;
}

/** US dollars of one reply. */
export function costOf(usage: BilledTokens, prices: Prices): number {
  const tiers = Object.keys(usage) as (keyof BilledTokens)[];
  return tiers.reduce((sum, tier) => sum + (usage[tier] * (prices[tier] ?? 0)) / 1_000_000, 0);
}

/** US dollars that the removed tokens of one request would have cost in it. */
export function worthOf({ usage, removed }: Pick<BilledTurn, 'usage' | 'removed'>, prices: Prices): number {
  const first = priceOfNew(usage, prices);
  // What an earlier one held was read, unless this one missed the cache.
  const carried = usage.cacheRead > 0 ? prices.cacheRead : first;
  return (removed.first * first + removed.carried * carried) / 1_000_000;
}

/** US dollars that it cost to write tokens once more which would have been read from the cache. */
export function chargeOf({ usage, rewritten }: Pick<BilledTurn, 'usage' | 'rewritten'>, prices: Prices): number {
  return (rewritten * Math.max(0, priceOfNew(usage, prices) - prices.cacheRead)) / 1_000_000;
}

/** The charge in words; no dollars where there is no price. */
export function sayCharge(tokens: number, dollars: number): string {
  return `${dollars > 0 ? `~${sayDollars(dollars)} for ` : ''}~${sayNumber(tokens)} tokens cached again: what had been sent was changed`;
}

/** What a request holds for the first time is written to the cache, where the request writes one. Dollars per million. */
function priceOfNew({ cacheWrite5m, cacheWrite1h }: BilledTokens, prices: Prices): number {
  const written = cacheWrite5m + cacheWrite1h;
  return written > 0 ? (cacheWrite5m * prices.cacheWrite5m + cacheWrite1h * prices.cacheWrite1h) / written : prices.fresh;
}

/**
 * From o200k tokens, in which texts are counted, to the provider's. A body holds about 4 bytes for each o200k token (median of real
 * sessions), so the tokens that a reply reports for its body tell how the provider counts; never less than o200k itself, never more
 * than what was measured for the model's family.
 */
export function estimateFactor(model: string | undefined, usage: BilledTokens | undefined, bytesSent: number): number {
  if (!usage || bytesSent === 0) return 1;
  const told = (inputTokens(usage) * 4) / bytesSent;
  return Math.max(1, Math.min(told, familyFactor(model)));
}
