/** What a block became, and why: the record that `--explain` prints, the ledger sums and the receipt shows. */

/** What a shrunk text is (law 4). */
export type Form = 'invertible' | 'same-to-the-eye' | 'excerpt';

/** Tokens that one lever took out of one block. */
export type LeverShares = Readonly<Record<string, number>>;

/** Taken once, at first sight, from bytes at or before the block; then it stands. */
export interface Decision {
  /** What goes out instead of the block's text; undefined: the block goes out as it came. */
  readonly replacement: string | undefined;
  readonly form: Form | undefined;
  /** Why: the levers that paid, or the reason for leaving it alone, such as `small`, `nothing to gain`, `upstream said 400`. */
  readonly reason: string;
  /** The compressor's kind, such as `numbered-lines`; `text` where none claimed it. */
  readonly kind: string;
  readonly levers: LeverShares;
  /** o200k tokens; both 0 where the block was too small to be counted. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** Chain keys of the blocks that repeats point to. */
  readonly sources: readonly string[];
  /** Of an excerpt: the name of the original that was kept. */
  readonly original?: string | undefined;
}

/** One line per result block and request. */
export interface BlockRecord extends Omit<Decision, 'replacement' | 'sources'> {
  readonly key: string;
  readonly tool: string | undefined;
  /** True where an earlier request already sent this block. */
  readonly carried: boolean;
}

/** A result that goes out as it came. */
export function leave(reason: string, tokens: number, kind = 'text'): Decision {
  return { replacement: undefined, form: undefined, reason, kind, levers: {}, tokensBefore: tokens, tokensAfter: tokens, sources: [] };
}

/** A result that somebody else may have sent. */
export const beforeUs = 'from before us';

/** What the lever is called that works at cold moments alone. */
export const coldLever = 'cold cache';
