/** What a reply's usage says about what we took for certain: whether anything is kept, for how long, and whether we made the provider write again what it had. */
import type { Usage } from '../block.ts';
import type { DecisionLine } from '../store/decisions.ts';
import { inputTokens } from '../tokens/bill.ts';
import { coldLever } from './decision.ts';
import type { Era } from './history.ts';

/** What a request was thought to be, in shares of its body's bytes. */
export interface Expectation {
  readonly isCold: boolean;
  /** True where something that had been sent went out otherwise, and the provider may have had it. */
  readonly hasChanged: boolean;
  /** What stands beside the messages. */
  readonly fixed: number;
  /** What no earlier request had sent. */
  readonly fresh: number;
}

/** What counts as one more write than can be explained: so many times what was expected, and so many tokens more. */
const mostTimes = 3;
const mostTokens = 20_000;
const hour = 3600;

/** Nothing to record: undefined. */
export function judgeUsage(usage: Usage, expected: Expectation, era: Era | undefined): Partial<DecisionLine> | undefined {
  const found: { isBorneOut?: true; longerLife?: number; tripped?: string } = {};
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  if (written > 0 && !era?.isBorneOut) found.isBorneOut = true;
  if (usage.cacheWrite1h > 0 && (era?.longerLife ?? 0) < hour) found.longerLife = hour;
  const input = inputTokens(usage);
  // Nothing but what stands beside the messages can be read where they are cold.
  const readable = input * expected.fixed;
  if (expected.isCold && usage.cacheRead > readable * 1.5 + mostTokens) found.tripped = coldLever;
  const again = input - usage.cacheRead;
  const explained = input * expected.fresh;
  if (!expected.isCold && expected.hasChanged && again > explained * mostTimes && again > explained + mostTokens)
    found.tripped = shrinkingLever;
  return Object.keys(found).length > 0 ? found : undefined;
}

/** All of them, as a tripwire names them. */
export const shrinkingLever = 'shrinking';
