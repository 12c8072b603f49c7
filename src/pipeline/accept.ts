/** Never worse: what a smaller text must save to be sent, and how the saving is shared among the levers that made it. */
import type { LeverShares } from './decision.ts';

const leastSaved = 30;
const leastShare = 0.05;

export function pays(tokensBefore: number, tokensAfter: number): boolean {
  const saved = tokensBefore - tokensAfter;
  return saved >= leastSaved && saved >= tokensBefore * leastShare;
}

/** Tokens from which a result is big enough for an excerpt, and what leaving lines out must save of what loses nothing. */
export const leastForExcerpt = 2000;
const leastShareOfExcerpt = 0.25;

/** Opening an original costs a turn: an excerpt must be worth that. `lossless` and `excerpt` are tokens of what would go out. */
export function paysAsExcerpt(lossless: number, excerpt: number, least = leastForExcerpt): boolean {
  return lossless >= least && lossless - excerpt >= lossless * leastShareOfExcerpt;
}

/** Splits the saved tokens by what each lever took out in UTF-16 units; whole numbers that add up. */
export function shareOut(saved: number, units: Readonly<Record<string, number>>): LeverShares {
  const paid = Object.entries(units).filter(([, taken]) => taken > 0);
  const all = paid.reduce((sum, [, taken]) => sum + taken, 0);
  const shares: Record<string, number> = {};
  let left = saved;
  for (const [n, [lever, taken]] of paid.entries()) {
    const share = n === paid.length - 1 ? left : Math.round((saved * taken) / all);
    if (share > 0) shares[lever] = share;
    left -= share;
  }
  return shares;
}
