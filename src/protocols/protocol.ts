/**
 * How one API spells a conversation. A member is one pure object in a file of its own and one line in `index.ts`.
 * It only reads: what a block becomes is the pipeline's to decide, and `splice` is the only thing that changes a body.
 */
import type { Block, SentConversation, Usage } from '../block.ts';

/** A block with its place: the bytes `start..end` of the body are what stands between the quotes of its JSON string. */
export interface WireBlock extends Block {
  readonly start: number;
  readonly end: number;
}

export interface WireConversation extends SentConversation {
  readonly blocks: readonly WireBlock[];
}

/** `turn`: the model answers it. `count`: the same body, only counted; it is shrunk alike and does not count as sent. */
export type RequestKind = 'turn' | 'count';

/** Gathers usage from the copy of one reply. Never throws: what it does not understand it leaves out. */
export interface UsageReader {
  /** The `data` of one server-sent event. */
  event(data: string): void;
  /** A whole JSON body. */
  body(json: string): void;
  /** What was gathered, or undefined where the reply carried no usage. */
  usage(): Usage | undefined;
}

export interface Protocol {
  readonly name: string;
  /** Whose API it is: an agent that speaks several has an upstream for each. */
  readonly family: 'anthropic' | 'openai' | 'gemini';
  /** What a request is, by method and path (no launch secret, no query), or undefined where this protocol does not know it. */
  readonly serves: (method: string, path: string) => RequestKind | undefined;
  /** The model that a path names, for APIs whose bodies name none. */
  readonly modelIn?: (path: string) => string | undefined;
  /**
   * Finds the blocks in a decoded body. `upstream` sets a conversation apart from the same words elsewhere, where the cache is another one.
   * Undefined: not understood (malformed JSON, duplicate keys, unknown shape), so hands off.
   */
  readonly read: (body: Buffer, upstream: string) => WireConversation | undefined;
  readonly createUsageReader: () => UsageReader;
  /** A failure of ours in the API's own error shape, as JSON text. */
  readonly errorBody: (status: number, message: string) => string;
}
