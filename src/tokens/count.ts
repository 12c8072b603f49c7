/** Counts o200k tokens. One deterministic count for every decision: never corrected by what a provider reports (that would move bytes already sent). */

/** o200k tokens of a text; special-token spellings count as ordinary text; linear even on unbroken runs. */
export type TokenCounter = (text: string) => number;

/** Text without a break for this long makes the encoder quadratic; it is counted in slices (error under 1% there, none elsewhere). */
const unbroken = /\S{2000}|\s{2000}/;
const slice = 512;

/** Loads the encoder (about 160 ms, 2.8 MB): never on the way to the agent's start. */
export async function loadCounter(): Promise<TokenCounter> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  const options = { disallowedSpecial: new Set<string>() };
  return (text) => {
    if (!unbroken.test(text)) return countTokens(text, options);
    let tokens = 0;
    for (let at = 0; at < text.length; at += slice) tokens += countTokens(text.slice(at, at + slice), options);
    return tokens;
  };
}
