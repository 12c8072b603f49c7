/** Counts o200k tokens. One deterministic count for every decision: never corrected by what a provider reports (that would move bytes already sent). */

/** o200k tokens of a text; special-token spellings count as ordinary text; linear even on unbroken runs. */
export type TokenCounter = (text: string) => number;

/** Text without a break for this long makes the encoder quadratic; it is counted in slices (error under 1% there, none elsewhere). */
const leastUnbroken = 2000;
const slice = 512;

/** Loads the encoder (about 160 ms, 2.8 MB): never on the way to the agent's start. */
export async function loadCounter(): Promise<TokenCounter> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  const options = { disallowedSpecial: new Set<string>() };
  return (text) => {
    if (!isUnbroken(text)) return countTokens(text, options);
    let tokens = 0;
    for (let at = 0; at < text.length; at += slice) tokens += countTokens(text.slice(at, at + slice), options);
    return tokens;
  };
}

/** True for a text with so many letters in a row, or so much white space. Such a run holds a place of every row of so many: only these are looked at. */
export function isUnbroken(text: string): boolean {
  for (let at = leastUnbroken - 1; at < text.length; at += leastUnbroken) {
    const isSpace = isWhiteSpace(text.charCodeAt(at));
    let from = at;
    while (from > 0 && at - from < leastUnbroken && isWhiteSpace(text.charCodeAt(from - 1)) === isSpace) from--;
    let until = at + 1;
    while (until < text.length && until - from < leastUnbroken && isWhiteSpace(text.charCodeAt(until)) === isSpace) until++;
    if (until - from >= leastUnbroken) return true;
  }
  return false;
}

function isWhiteSpace(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 13);
  return code >= 160 && /\s/.test(String.fromCharCode(code));
}
