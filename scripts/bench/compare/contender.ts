/** Someone who is compared: gets growing conversations, gives back what would go to the provider. */
import type { Conversation, RequestBody } from './conversations.ts';

export interface Contender {
  readonly name: string;
  /** As a column is headed. */
  readonly short: string;
  /** Undefined: compared. Else why not. */
  readonly missing?: string | undefined;
  readonly version: string;
  /** What a reader must know of how it was run. */
  readonly note?: string;
  run(conversations: readonly Conversation[]): Promise<Outcome>;
}

export interface Outcome {
  /** By the conversation's name, one per request, in order. */
  readonly sent: ReadonlyMap<string, readonly RequestBody[]>;
  /** Milliseconds that each request of the recorded sessions was held up. */
  readonly added: readonly number[];
  /** Milliseconds from the spawn of its process to the first answer; undefined: it is a function call. */
  readonly started: number | undefined;
  /** MB, when everything had been sent. */
  readonly resident: number | undefined;
  /** Bytes on disk. */
  readonly installed: number;
}
