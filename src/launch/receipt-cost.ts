/** The receipt's line about money. Billed is what the provider's usage costs at its prices; saved is an estimate and says so. */
import { sayCount, sayDollars, sayNumber, sayShare } from '../text/say-amount.ts';
import { type Bill, sayCharge } from '../tokens/bill.ts';
import { row } from './receipt-words.ts';
import type { Totals } from './totals.ts';

export interface CostFacts {
  readonly bill: Bill | undefined;
  /** Which prices these are. */
  readonly priceSource: string;
  /** `key`: by the token. `subscription`: by the month. `nothing`: a demo. */
  readonly paidBy: 'key' | 'subscription' | 'nothing';
  readonly mode: 'shrink' | 'observe' | 'off';
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** No line where no turn was billed. */
export function costLines({ bill, priceSource, paidBy, mode, good, bad }: CostFacts): readonly string[] {
  if (!bill || bill.turns === 0) return [];
  const { billed, saved, turns, unpriced } = bill;
  const unknown = Object.entries(unpriced).map(([model, count]) => `${model} (${sayCount(count, 'request')})`);
  const missing = unknown.length > 0 ? `no price known for ${unknown.join(', ')}` : undefined;
  const isUnknown = Object.values(unpriced).reduce((sum, count) => sum + count, 0) === turns;
  // The demo's own model is nobody's.
  if (isUnknown) return paidBy === 'nothing' ? [] : [row('cost', missing ?? '')];
  const basis = {
    key: `API prices: ${priceSource}`,
    subscription: `at API prices, ${priceSource}; you pay by subscription`,
    nothing: `at API prices, ${priceSource}; the demo costs nothing`,
  }[paidBy];
  const parts = [sayCost(billed, saved, mode, { good, bad }), `(${basis})`, ...(missing ? [`· ${missing}`] : [])];
  return [row(paidBy === 'key' ? 'cost' : 'value', parts.join(' '))];
}

/** What it cost that bytes which had been sent went out otherwise: it is taken off what was saved. No line where none did. */
export function chargeLines(tokens: number, bill: Bill | undefined, bad: CostFacts['bad']): readonly string[] {
  if (tokens === 0) return [];
  return [row('charged', bad(sayCharge(tokens, bill?.charged ?? 0)))];
}

/** Old results rewritten while the provider held nothing of the conversation: how often, and what those turns would have cost. No line where none were. */
export function coldLines({ turns, before, after }: Totals['cold'], bill: Bill | undefined): readonly string[] {
  if (turns === 0) return [];
  const dollars =
    bill?.cold && bill.cold.billed > 0 ? `, ~${sayDollars(bill.cold.billed + bill.cold.saved)} → ${sayDollars(bill.cold.billed)}` : '';
  const words = `${sayCount(turns, 'request')} to a cold cache: old results ~${sayNumber(before)} → ~${sayNumber(after)} tokens${dollars}`;
  return [row('cold', words)];
}

function sayCost(billed: number, saved: number, mode: CostFacts['mode'], { good, bad }: Pick<CostFacts, 'good' | 'bad'>): string {
  if (mode === 'off' || saved === 0) return sayDollars(billed);
  if (mode === 'observe') return `${sayDollars(billed)}; ~${sayDollars(saved)} of it (~${sayShare(saved, billed)}) would have been saved`;
  const before = billed + saved;
  const change = saved > 0 ? good(`~${sayShare(saved, before)} saved`) : bad(`~${sayShare(-saved, before)} more`);
  return `~${sayDollars(before)} → ${sayDollars(billed)}, ${change}`;
}
