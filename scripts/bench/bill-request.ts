/** What one recorded request was billed, in tokens of fresh input, and what a token taken out of it would have been worth. */
import { familyFactor } from '../../src/tokens/family.ts';
import type { Session } from '../../test/helpers/corpus.ts';

/** Prices of one token, in tokens of fresh input. */
export const price = { read: 0.1, write5m: 1.25, write1h: 2, output: 5 };
/** System prompt and tools, where nobody recorded them. */
const fixedTokens = 12_000;

export type RecordedRequest = Session['requests'][number] & { readonly model?: string | null; readonly usage?: RecordedUsage | null };

interface RecordedUsage {
  readonly input_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_creation?: { readonly ephemeral_5m_input_tokens?: number; readonly ephemeral_1h_input_tokens?: number };
}

export interface BilledRequest {
  readonly isRecorded: boolean;
  /** Cache reads, everything else that goes in, and the reply, each at its price. */
  readonly read: number;
  readonly written: number;
  readonly output: number;
  /** All input, and the part of it before the first message (as it was in the first request of the context), in tokens as billed. */
  readonly input: number;
  readonly fixed: number;
  /** What a token is worth that is sent for the first time, and one that an earlier request of the context sent. */
  readonly priceOfNew: number;
  readonly priceOfCarried: number;
  /** From o200k tokens to tokens as billed. */
  readonly factor: number;
}

/** o200k tokens of a context: sent before, sent for the first time, and the reply; used where usage was not recorded. */
export interface Sizes {
  readonly carried: number;
  readonly fresh: number;
  readonly reply: number;
}

/** `previous`: the request before it in the same context. */
export function billRequest(
  { model, usage }: RecordedRequest,
  isReliable: boolean,
  sizes: Sizes,
  previous: BilledRequest | undefined,
): BilledRequest {
  const recorded = isReliable && usage ? billRecorded(usage, model ?? undefined, sizes, previous) : undefined;
  return recorded ?? billModelled(model ?? undefined, sizes, previous);
}

function billRecorded(
  usage: RecordedUsage,
  model: string | undefined,
  { fresh: messages }: Sizes,
  previous: BilledRequest | undefined,
): BilledRequest | undefined {
  const {
    input_tokens: fresh = 0,
    cache_read_input_tokens: read = 0,
    cache_creation_input_tokens: created = 0,
    output_tokens: output = 0,
  } = usage;
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  const input = fresh + read + created;
  if (input === 0) return undefined;
  const written = fresh + (created - hour) * price.write5m + hour * price.write1h;
  const priceOfNew = fresh + created > 0 ? written / (fresh + created) : 1;
  const factor = familyFactor(model);
  const fixed = previous?.fixed ?? Math.max(0, input - messages * factor);
  // Of what was sent before, the share that came from the cache; the fixed part stands first and is read first.
  const hit = previous ? Math.min(1, Math.max(0, (read - fixed) / Math.max(1, previous.input - fixed))) : 1;
  return {
    isRecorded: true,
    read: read * price.read,
    written,
    output: output * price.output,
    input,
    priceOfNew,
    priceOfCarried: hit * price.read + (1 - hit) * priceOfNew,
    factor,
    fixed,
  };
}

/** What was sent before is read from the cache, the rest is written; a context begun anew is all written. */
function billModelled(model: string | undefined, { carried, fresh, reply }: Sizes, previous: BilledRequest | undefined): BilledRequest {
  const factor = familyFactor(model);
  const priceOfNew = model && /claude/i.test(model) ? price.write5m : 1;
  const known = previous ? fixedTokens + carried * factor : 0;
  const input = fixedTokens + (carried + fresh) * factor;
  return {
    isRecorded: false,
    read: known * price.read,
    written: (input - known) * priceOfNew,
    output: reply * factor * price.output,
    input,
    priceOfNew,
    priceOfCarried: price.read,
    factor,
    fixed: fixedTokens,
  };
}
