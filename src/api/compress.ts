/** `POST /v1/compress`: messages in, smaller messages out, in the same spelling to the byte. Fields and errors are the Python original's. */
import type { Compression, Headroom, Profile, Recovery } from '../library/headroom.ts';
import { rewriteJson } from '../text/json-rewrite.ts';
import { scanJson } from '../text/json-scan.ts';
import { invalid, type JsonBody } from './body.ts';
import type { Compressed } from './figures.ts';
import { type Reply, refusal } from './reply.ts';

export interface CompressParts {
  readonly profile: Profile;
  /** Undefined: nothing is left out where the request does not say how it is got back. */
  readonly recovery: Recovery | undefined;
  readonly open: (profile: Profile, recovery: Recovery) => Promise<Headroom>;
  /** Tells of originals before the answer leaves. */
  readonly onKept?: ((names: readonly string[]) => Promise<void>) | undefined;
  readonly onCompressed: (compressed: Compressed) => void;
}

/** What of a request decides how it is done. */
interface Wish {
  readonly model: string;
  readonly profile: Profile;
  readonly recovery: Recovery;
  readonly tokenBudget: number | undefined;
  /** This many messages stay as they are; what follows may refer to them. */
  readonly frozen: number;
}

/** `bypasses`: the caller wants its messages back as they are. */
export async function answerCompress({ bytes, value }: JsonBody, bypasses: boolean, parts: CompressParts): Promise<Reply> {
  const { messages } = value;
  if (bypasses) return reply(Array.isArray(messages) ? spelled(bytes, messages) : '[]', nothing);
  const wish = readWish(value, parts);
  if ('status' in wish) return wish;
  if (!Array.isArray(messages)) return invalid(400, '`messages` is no list.');
  const start = performance.now();
  try {
    const headroom = await parts.open(wish.profile, wish.recovery);
    const { messages: smaller, ...result } = await compressFrom(headroom, messages, wish);
    const took = performance.now() - start;
    const { tokensBefore: before, tokensAfter: after, ccrHashes } = result;
    await parts.onKept?.(ccrHashes);
    parts.onCompressed({ model: wish.model, before, after, excerpts: ccrHashes.length, took });
    return reply(rewriteJson(spelled(bytes, messages), messages, smaller), result);
  } catch {
    return refusal(503, 'compression_error', 'Compression failed; send the messages as they are.');
  }
}

type Figures = Omit<Compression<never>, 'messages' | 'compressed'>;
const nothing: Figures = { tokensBefore: 0, tokensAfter: 0, tokensSaved: 0, compressionRatio: 1, transformsApplied: [], ccrHashes: [] };

/** The first messages as they were given. What they would have come to is not counted. */
async function compressFrom(headroom: Headroom, messages: readonly unknown[], { frozen, ...options }: Wish): Promise<Compression<unknown>> {
  const { model, tokenBudget } = options;
  const whole = await headroom.compress(messages, { model, tokenBudget });
  if (frozen === 0 || !whole.compressed) return whole;
  const kept = messages.slice(0, frozen);
  // The result for the longer conversation extends the result for the shorter one.
  const { tokensSaved } = await headroom.compress(kept, { model, tokenBudget });
  const smaller = [...kept, ...whole.messages.slice(frozen)];
  const after = whole.tokensAfter + tokensSaved;
  const rest = JSON.stringify(smaller.slice(frozen));
  return {
    ...{ messages: smaller, tokensBefore: whole.tokensBefore, tokensAfter: after, tokensSaved: whole.tokensBefore - after },
    compressionRatio: whole.tokensBefore === 0 ? 1 : after / whole.tokensBefore,
    transformsApplied: after < whole.tokensBefore ? whole.transformsApplied : [],
    ccrHashes: whole.ccrHashes.filter((hash) => rest.includes(hash)),
    compressed: after < whole.tokensBefore,
  };
}

/** Of these callers say that they give the model a tool `headroom_retrieve`, or that nothing may need to be asked for. */
const modes: readonly unknown[] = [undefined, null, 'ccr', 'lossy_inline', 'lossless_then_lossy'];

function readWish(value: JsonBody['value'], { profile, recovery }: CompressParts): Wish | Reply {
  const { messages, model, token_budget: budget, config } = value;
  if (messages === undefined || messages === null) return invalid(400, 'Missing required field: messages or input');
  if (model === undefined || model === null) return invalid(400, 'Missing required field: model');
  const { mode, frozen_message_count: frozen, session_id: session } = (config ?? {}) as Record<string, unknown>;
  if (!modes.includes(mode))
    return invalid(400, `Invalid config.mode: ${JSON.stringify(mode)}. Valid values are: ${modes.slice(2).join(', ')}.`);
  if (frozen !== undefined && frozen !== null && !(Number.isSafeInteger(frozen) && (frozen as number) >= 0))
    return invalid(400, `Invalid config.frozen_message_count: ${JSON.stringify(frozen)}. Expected a non-negative integer.`);
  if (session !== undefined && session !== null && !(typeof session === 'string' && session.trim() !== '' && session.length <= 256))
    return invalid(400, 'Invalid config.session_id. Expected a non-empty string of at most 256 characters.');
  const way = mode === 'ccr' ? 'tool' : recovery;
  const leavesNothingOut = way === undefined || mode === 'lossy_inline' || mode === 'lossless_then_lossy';
  return {
    model: String(model).slice(0, 200),
    profile: leavesNothingOut ? 'lossless' : profile,
    recovery: way ?? 'tool',
    tokenBudget: typeof budget === 'number' && budget > 0 ? budget : undefined,
    frozen: (frozen as number | null | undefined) ?? 0,
  };
}

/** As the request spells them; of a member that stands twice the last, which is the one that parsing takes. */
function spelled(bytes: Buffer, messages: readonly unknown[]): Buffer {
  const tape = scanJson(bytes, 1);
  const member = tape?.children(0).findLast((child) => tape.keyIn(child, ['messages']) === 0);
  // A text of millions of values is not listed.
  if (!tape || member === undefined) return Buffer.from(JSON.stringify(messages));
  return Buffer.from(bytes.subarray(tape.start(member), tape.end(member)));
}

function reply(messages: string | Buffer, figures: Figures): Reply {
  const { tokensBefore, tokensAfter, tokensSaved, compressionRatio, transformsApplied, ccrHashes } = figures;
  const rest = {
    ...{ tokens_before: tokensBefore, tokens_after: tokensAfter, tokens_saved: tokensSaved, compression_ratio: compressionRatio },
    ...{ transforms_applied: transformsApplied, ccr_hashes: ccrHashes },
  };
  const body = Buffer.concat([
    Buffer.from('{"messages":'),
    Buffer.from(messages as string),
    Buffer.from(`,${JSON.stringify(rest).slice(1)}`),
  ]);
  return { status: 200, type: 'application/json', body };
}
