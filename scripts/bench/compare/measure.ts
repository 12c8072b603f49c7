/** Reads off what somebody's outgoing requests come to: tokens, planted facts, the prefix, the bill. */
import type { TokenCounter } from '../../../src/tokens/count.ts';
import type { PriceList } from '../../../src/tokens/prices.ts';
import type { Outcome } from './contender.ts';
import type { Conversation } from './conversations.ts';
import type { Inputs } from './inputs.ts';
import { billRequests } from './modelled-bill.ts';
import { compareRequests, partsOf, resultsIn } from './outgoing.ts';
import { type PlantedFact, shownShare } from './planted-facts.ts';

export interface Measured {
  /** o200k tokens of the tool results in the last request, by conversation. */
  readonly tokens: ReadonlyMap<string, number>;
  /** Shares of the planted facts. */
  readonly shown: Readonly<Record<PlantedFact['kind'], number>>;
  readonly prefix: Prefix;
  /** US dollars of the recorded sessions. */
  readonly bill: number;
}

interface Prefix {
  readonly requests: number;
  /** Requests that changed something of the one before. */
  readonly changing: number;
  /** Bytes of the request before that were changed, of all that had been sent before. */
  readonly changed: number;
  readonly known: number;
}

export function measure({ sent }: Outcome, { conversations, planted }: Inputs, count: TokenCounter, priceOf: PriceList): Measured {
  const tokens = new Map<string, number>();
  const facts: { fact: PlantedFact; text: string }[] = [];
  const prefix = { requests: 0, changing: 0, changed: 0, known: 0 };
  let bill = 0;
  for (const conversation of conversations) {
    const bodies = sent.get(conversation.name) ?? [];
    const last = bodies.at(-1);
    const texts = last ? [...resultsIn(last).values()] : [];
    if (texts.length !== resultCount(conversation)) throw new Error(`${conversation.name}: ${texts.length} results came out`);
    tokens.set(
      conversation.name,
      texts.reduce((sum, text) => sum + count(text), 0),
    );
    for (const [at, own] of (planted.get(conversation.name) ?? []).entries())
      facts.push(...own.map((fact) => ({ fact, text: texts[at] ?? '' })));
    const parts = bodies.map(partsOf);
    for (const [at, now] of parts.entries()) {
      if (at === 0) continue;
      const { changed, known } = compareRequests(parts[at - 1]!, now);
      prefix.requests++;
      prefix.changing += changed > 0 ? 1 : 0;
      prefix.changed += changed;
      prefix.known += known;
    }
    if (conversation.group === 'sessions') bill += billRequests(parts, conversation.times, count, priceOf);
  }
  return { tokens, shown: { error: shownShare(facts, 'error'), ordinary: shownShare(facts, 'ordinary') }, prefix, bill };
}

/** Calls that were answered: every result of the last request. */
function resultCount({ messages, ends }: Conversation): number {
  return resultsIn({ messages: messages.slice(0, ends.at(-1)) }).size;
}
