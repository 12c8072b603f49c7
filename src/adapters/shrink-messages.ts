/** What every adapter does with its options: makes the messages of one request smaller, and never stands in its way. */
import { compress, createHeadroom } from '../index.ts';
import { checkOptions } from '../library/compress.ts';
import type { Compression, CompressOptions, Headroom } from '../library/headroom.ts';
import type { AdapterOptions } from './options.ts';

/** What the request says of its messages. */
export type RequestTraits = Pick<CompressOptions, 'model' | 'format' | 'repeats'>;

/** The messages as they are to be sent: where nothing changed, the very list that was given. */
export type Shrink = <Message>(messages: readonly Message[], traits: RequestTraits) => Promise<readonly Message[]>;

/** Throws a `TypeError` for options that make no sense: now, not in the middle of a request. */
export function createShrink({ headroom, onCompressed, folder, recovery, profile, tokenBudget }: AdapterOptions = {}): Shrink {
  checkOptions({ profile, tokenBudget });
  createHeadroom({ folder, recovery });
  // What many clients of one program share is worked on once.
  const own: Headroom['compress'] = (messages, options) =>
    headroom ? headroom.compress(messages, options) : compress(messages, { folder, recovery, ...options });
  return async <Message>(messages: readonly Message[], traits: RequestTraits) => {
    let compression: Compression<Message>;
    try {
      compression = await own(messages, { ...traits, profile, tokenBudget });
    } catch {
      // A request is never lost by us: it leaves as it came.
      return messages;
    }
    onCompressed?.(compression);
    return compression.compressed ? compression.messages : messages;
  };
}
