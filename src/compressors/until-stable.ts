/** A tidied text may show a table where there was none before: tidied again until nothing changes, so that the form is left alone from then on. */
import type { SmallerText } from './compressor.ts';

/** Mixtures of several tools' tables need a second look, never many. */
const mostRounds = 5;

/** Undefined where nothing gets smaller, or where it comes to no end. */
export function untilStable(text: string, tidy: (text: string) => SmallerText | undefined): SmallerText | undefined {
  let best: SmallerText | undefined;
  for (let round = 0; round < mostRounds; round++) {
    const next = tidy(best?.text ?? text);
    if (!next || next.text.length >= (best?.text ?? text).length) return best;
    best = next;
  }
  return undefined;
}
