/** Whether showing less of an old result pays: what is saved now and in the turns to come, against the chance that somebody opens it again. */
import type { Block } from '../../block.ts';
import type { OldResult } from './old-results.ts';

/** Prices of a token, in tokens of fresh input: at a cold moment all is written, in the turns after it all is read. */
const price = { written: 1.25, read: 0.1, output: 5 };
/** UTF-16 units of a token, about. */
const unitsOfToken = 4;
/** System prompt and tools. */
const fixedTokens = 15_000;
/** Tokens that a call says to open an original. */
const callTokens = 100;
/** A text with holes must be worth reading around them. */
const least = { tokens: 100, share: 0.25 };

/** The share that calls copied from all the same, if by chance, over recorded sessions. */
const opened = 0.03;

export interface Outlook {
  /** Tokens of the whole conversation, about. */
  readonly context: number;
  /** How many turns are likely to follow: half of those so far, within bounds. */
  readonly turns: number;
}

export function lookAhead(blocks: readonly Block[]): Outlook {
  let [units, calls] = [0, 0];
  for (const { source, text, call } of blocks) {
    if (source === 'call') calls++;
    units += source === 'call' ? (JSON.stringify(call?.input) ?? '').length : text.length;
  }
  return { context: fixedTokens + units / unitsOfToken, turns: Math.min(60, Math.max(8, calls / 2)) };
}

/** `savedUnits`: UTF-16 units that the conversation gets shorter by. */
export function isWorth({ text }: OldResult, savedUnits: number, { context, turns }: Outlook): boolean {
  const whole = text.length / unitsOfToken;
  const saved = savedUnits / unitsOfToken;
  if (saved < least.tokens || saved < whole * least.share) return false;
  const carried = price.read * turns;
  const turn = context * price.read + callTokens * price.output + whole * (price.written + carried);
  return saved * (price.written + carried) > opened * turn;
}
