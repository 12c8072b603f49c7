/** The pipeline's boundary: blocks in, replacements and decisions out. Synchronous, no bytes, no input or output. */
import { type Conversation, messagesKey } from '../block.ts';
import type { BlockRecord, Decision } from './decision.ts';
import type { Steps } from './steps.ts';

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
  /** What was decided of each block; undefined for what is no result. */
  readonly decisions: readonly (Decision | undefined)[];
  /** One record per result block, in order. */
  readonly records: readonly BlockRecord[];
  /** Skips that this request brought; they must be told to whoever outlives this process's worker before the request leaves. */
  readonly skips: readonly Skip[];
}

/** What is known of a conversation beside its blocks. With nothing of it, what was decided stands as long as this process remembers it. */
export interface RewriteOptions {
  /** `cold`: the provider certainly holds nothing of it, so everything is decided anew, old results with what came after them in view. */
  readonly moment?: 'cold' | undefined;
  /** What decisions are filed under in place of the scope; as long as a scope. */
  readonly era?: string | undefined;
  /** What was decided and recorded, by the messages' key; it stands. */
  readonly recorded?: ((key: string) => Decision | undefined) | undefined;
  /** So many blocks were sent; those of them that nothing is recorded for went out as they came. */
  readonly sent?: number | undefined;
  /** So many blocks were sent, in whatever form. */
  readonly carried?: number | undefined;
  /** Why no result is worked on that nothing is decided for. */
  readonly leaves?: string | undefined;
  /** So many blocks may have been sent by somebody else: they go out as they came while nothing before them goes out otherwise. */
  readonly foreign?: number | undefined;
  /**
   * Tokens from which the result at `at` may become an excerpt, told by what stands before it alone: `decisions` are those of the blocks
   * before, undefined for what is no result. Whatever it goes by must be part of the chain keys' scope.
   */
  readonly leastForExcerpt?: ((at: number, decisions: readonly (Decision | undefined)[]) => number) | undefined;
}

/** What a block's decision is filed under: its key, or its key in an era. */
export function filedUnder(key: string, era: string | undefined): string {
  return era === undefined ? key : era + messagesKey(key);
}

/** Keys are those that records hold. */
export interface Pipeline {
  rewrite(conversation: Conversation, options?: RewriteOptions): Rewriting;
  /**
   * The same, to the same texts, in steps of some milliseconds; where big results are worked out elsewhere it waits for that. Between two of
   * them anything else may be asked of the pipeline, but that it forget what is thought of this very conversation.
   */
  rewriteInSteps(conversation: Conversation, options?: RewriteOptions): Steps<Rewriting>;
  /** Leaves these blocks as they came from now on, whatever else is forgotten. */
  skip(keys: readonly string[], reason: string): void;
  /** A reply has accepted these blocks as they were sent; a later 400 is not their doing. */
  accept(keys: readonly string[]): void;
  isAccepted(key: string): boolean;
  /** Others decided in this era as well: of conversations that hold the block with this key of the messages, or of all, what is recorded is read anew. */
  forget(era: string, root: string | undefined): void;
}
