/** The pipeline's boundary: blocks in, replacements and decisions out. Synchronous, no bytes, no input or output. */
import type { Conversation } from '../block.ts';
import type { BlockRecord } from './decision.ts';

/** A block that goes out as it came for a reason that is not in its bytes: it stands for ever. */
export interface Skip {
  readonly key: string;
  readonly reason: string;
  /** Only an excerpt was skipped: forms that lose nothing go on as before. */
  readonly only?: 'excerpt';
}

/** What to put in place of which block. */
export interface Rewriting {
  /** Outgoing text by index into `conversation.blocks`; blocks that are not in it go out as they came. */
  readonly replacements: ReadonlyMap<number, string>;
  /** One record per result block, in order. */
  readonly records: readonly BlockRecord[];
  /** Skips that this request brought; they must be told to whoever outlives this process's worker before the request leaves. */
  readonly skips: readonly Skip[];
}

export interface Pipeline {
  rewrite(conversation: Conversation): Rewriting;
  /** Leaves these blocks as they came from now on, whatever else is forgotten. */
  skip(keys: readonly string[], reason: string): void;
  /** A reply has accepted these blocks as they were sent; a later 400 is not their doing. */
  accept(keys: readonly string[]): void;
  isAccepted(key: string): boolean;
}
