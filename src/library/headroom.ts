/** What the library is to those who use it: its functions, options and results. Types alone, so that they can be published as they are. */

/** Whose spelling: Anthropic's Messages, OpenAI's Chat Completions, the items of OpenAI's Responses, the Vercel AI SDK's model messages. */
export type Format = 'anthropic' | 'openai' | 'responses' | 'vercel' | 'gemini';

/** `lossless`: only forms that give back every byte, or look the same. `standard`: also excerpts of big results, with the original kept. */
export type Profile = 'lossless' | 'standard';

/**
 * How the note below an excerpt names the original. `command`: `headroom retrieve HASH`. `path`: the file, for models that open files where
 * this process runs. `tool`: `headroom_retrieve HASH`, for models that are given a tool of that name (ours by MCP, or one's own).
 * `{url}`: `URL/originals/HASH`, where `headroom proxy` answers at a lasting public address; the key that opens it stands in the URL.
 */
export type Recovery = 'command' | 'path' | 'tool' | { readonly url: string };

export interface HeadroomOptions {
  /** Where originals are kept, in a folder `originals` of it. Unless given, Headroom's own cache folder, where `headroom retrieve` looks. */
  readonly folder?: string | undefined;
  /** `standard` unless given. */
  readonly profile?: Profile | undefined;
  /** `command` unless given. Settled for the instance: notes of one conversation never change. */
  readonly recovery?: Recovery | undefined;
}

export interface CompressOptions {
  /** As the request names it. Counts and forms are the same for every model. */
  readonly model?: string | undefined;
  readonly profile?: Profile | undefined;
  /** Reads no other spelling than this; unless given, whichever a message is spelled in. */
  readonly format?: Format | undefined;
  /**
   * o200k tokens that the messages should stay within. The less of it is left where a result first stands, the smaller a result becomes an
   * excerpt: of 2,000 tokens as ever while there is room, of more than a quarter of what is left when it gets short, of 200 when it is gone.
   * What was made of earlier messages stands, nothing is left out but lines of results, and `withinBudget` says whether that was enough.
   * Give the same number for a conversation each time: for another one it is compressed anew. Nothing changes in `lossless`.
   */
  readonly tokenBudget?: number | undefined;
  /** False: no note says that lines stand above. For requests that ask the provider to clear old results. */
  readonly repeats?: boolean | undefined;
}

/** Tokens are o200k, of what was said, of calls and of results; pictures, files and thinking are not counted. */
export interface Compression<Message> {
  /** As many as were given, in the same spelling; where nothing changed, the same objects. */
  messages: Message[];
  tokensBefore: number;
  tokensAfter: number;
  tokensSaved: number;
  /** After divided by before; 1 where there was nothing to count. */
  compressionRatio: number;
  /** What made results smaller, such as `repeats`, `line numbers`, `excerpts`. */
  transformsApplied: string[];
  /** Of the originals of excerpts, for `retrieve`. */
  ccrHashes: string[];
  /** Whether anything changed. */
  compressed: boolean;
  /** Whether `tokensAfter` is within the `tokenBudget`; absent where none was given. */
  withinBudget?: boolean;
}

export interface RetrieveOptions {
  /** `10-20`, `10-`, `-20` or `7`, from 1. */
  readonly lines?: string | undefined;
  /** Only lines that hold all of these words, each with its number and a colon in front. Nothing found: an empty text. */
  readonly query?: string | undefined;
}

export interface Headroom {
  /**
   * Makes the tool results of a conversation smaller. The messages given are not changed. The result for a longer conversation extends the
   * result for the shorter one. Rejects with a `TypeError` for what is no array of messages, and for options that make no sense.
   */
  compress<Message>(messages: readonly Message[], options?: CompressOptions): Promise<Compression<Message>>;
  /**
   * The text of which an excerpt was shown, or the part of it that is asked for. The beginning of a hash will do. Rejects with a `Failure`
   * whose `code` is `unknown-original`, `damaged-original`, `unreadable-original`, `ambiguous-hash`, `no-hash` or `bad-range`.
   */
  retrieve(hash: string, options?: RetrieveOptions): Promise<string>;
}
