/**
 * The whole of a result from what was sent of it, for showing to people. Only numbers that were thinned can be filled in from the text alone;
 * repeats would need the conversation, and other forms the text that they were made of.
 */
import { readBack } from '../pipeline/layout.ts';
import { guessSpellings } from '../text/numbered.ts';
import type { TokenCounter } from '../tokens/count.ts';

/** Believed only where it has as many o200k tokens as were counted then; else undefined. */
export function undoForm(sent: string, tokensBefore: number, count: TokenCounter): string | undefined {
  for (const spelling of guessSpellings(sent.split('\n'))) {
    const whole = readBack(sent, spelling, []);
    if (whole !== sent && count(whole) === tokensBefore) return whole;
  }
  return undefined;
}
