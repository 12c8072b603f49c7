/** From a decoded body to the body that goes out. Bytes in, bytes out; whatever goes wrong, the body that came is the one that goes. */
import { messageOf } from '../errors.ts';
import type { BlockRecord } from '../pipeline/decision.ts';
import type { Pipeline, Skip } from '../pipeline/pipeline.ts';
import type { Protocol, WireConversation } from '../protocols/protocol.ts';
import { type Replacement, splice } from '../protocols/splice.ts';

/** A replacement and the chain key of its block. */
interface Replaced extends Replacement {
  readonly key: string;
}

export interface Shrunk {
  /** The decoded body that came; undefined where it was not read. */
  readonly received: Buffer | undefined;
  /** The decoded body that goes: the very buffer that came, where nothing is replaced. */
  readonly body: Buffer | undefined;
  readonly bytesReceived: number | undefined;
  readonly bytesSent: number | undefined;
  readonly replaced: readonly Replaced[];
  readonly blocks: readonly BlockRecord[];
  readonly model: string | undefined;
  /** Why the body as a whole was left alone. */
  readonly untouched: string | undefined;
  /** Skips that the pipeline decided on. */
  readonly skips: readonly Skip[];
  /** Chain keys of blocks that go out as they came because something threw. */
  readonly faulted: readonly string[];
}

/** A body that is left as it came. */
export function leave(body: Buffer | undefined, untouched: string | undefined): Shrunk {
  const rest = { replaced: [], blocks: [], model: undefined, untouched, skips: [], faulted: [] };
  return { ...asBodies(body, body), ...rest };
}

/** What the record needs, and no more. */
export function withoutBodies(shrunk: Shrunk): Shrunk {
  return { ...shrunk, received: undefined, body: undefined, replaced: [] };
}

function asBodies(received: Buffer | undefined, body: Buffer | undefined) {
  return { received, body, bytesReceived: received?.length, bytesSent: body?.length };
}

export async function shrink(received: Buffer, protocol: Protocol, scope: string, pipeline: () => Promise<Pipeline>): Promise<Shrunk> {
  let conversation: WireConversation | undefined;
  let faulted: readonly string[] = [];
  try {
    conversation = protocol.read(received, scope);
    if (!conversation) return leave(received, 'unknown shape');
    const { blocks, model } = conversation;
    faulted = blocks.filter((block) => block.source === 'result').map((block) => block.key);
    const { replacements, records, skips } = (await pipeline()).rewrite(conversation);
    const replaced = [...replacements].map(([index, text]) => {
      const { key, start, end } = blocks[index]!;
      return { key, start, end, text };
    });
    return {
      ...asBodies(received, splice(received, replaced)),
      replaced,
      blocks: records,
      model,
      untouched: undefined,
      skips,
      faulted: [],
    };
  } catch (thrown) {
    const step = conversation ? 'shrinking' : 'reading';
    return { ...leave(received, `${step} failed: ${messageOf(thrown)}`), model: conversation?.model, faulted };
  }
}

export interface Retreat {
  readonly shrunk: Shrunk;
  /** Chain keys of the blocks that go out as they came from now on. */
  readonly reverted: readonly string[];
}

/** Law 6: what a reply has accepted stays as it was sent, the rest goes back to what it was; undefined where nothing would change. */
export function retreat(shrunk: Shrunk, isAccepted: (key: string) => boolean, reason: string): Retreat | undefined {
  const kept = shrunk.replaced.filter(({ key }) => isAccepted(key));
  const reverted = new Set(shrunk.replaced.filter(({ key }) => !isAccepted(key)).map(({ key }) => key));
  if (reverted.size === 0 || !shrunk.received) return undefined;
  const blocks = shrunk.blocks.map((block) =>
    reverted.has(block.key)
      ? { ...block, form: undefined, levers: {}, reason, tokensAfter: block.tokensBefore, original: undefined }
      : block,
  );
  const bodies = asBodies(shrunk.received, splice(shrunk.received, kept));
  return { shrunk: { ...shrunk, ...bodies, replaced: kept, blocks }, reverted: [...reverted] };
}
