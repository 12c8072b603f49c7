/** What a conversation's outgoing requests would cost at the provider, by the model of its prompt cache. Replies are left out: they are the same. */
import { createCacheModel, lives, type ModelledRequest } from '../../../src/perf/cache-model.ts';
import { costOf } from '../../../src/tokens/bill.ts';
import type { TokenCounter } from '../../../src/tokens/count.ts';
import { familyFactor } from '../../../src/tokens/family.ts';
import type { PriceList } from '../../../src/tokens/prices.ts';
import { model } from './conversations.ts';
import { compareRequests, saysOf } from './outgoing.ts';

/** US dollars. `requests`: the parts of each. */
export function billRequests(
  requests: readonly (readonly string[])[],
  times: readonly number[],
  count: TokenCounter,
  priceOf: PriceList,
): number {
  const known = new Map<string, number>();
  const tokensOf = (parts: readonly string[]): number =>
    parts.reduce((sum, part) => {
      const tokens = known.get(part) ?? count(saysOf(part)) * familyFactor(model);
      known.set(part, tokens);
      return sum + tokens;
    }, 0);
  return requests.reduce((sum, parts, at) => {
    const before = at > 0 ? requests[at - 1]! : [];
    const same = before.slice(0, compareRequests(before, parts).sameParts);
    // To the model of the cache, a request whose earlier parts changed begins anew behind what is still the same.
    const asked = (of: readonly string[], request: number): ModelledRequest => {
      return { time: times[request], model, fixed: tokensOf(same), input: tokensOf(of), output: 0, begins: true };
    };
    const cache = createCacheModel(lives.short, true);
    if (at > 0) cache.bill(asked(before, at - 1));
    const usage = cache.bill(asked(parts, at));
    const prices = priceOf({ model, upstream: undefined, input: tokensOf(parts), time: times[at] ?? Date.now() });
    if (!prices) throw new Error(`no price for ${model}`);
    return sum + costOf(usage, prices);
  }, 0);
}
