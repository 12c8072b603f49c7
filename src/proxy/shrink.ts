/** From a decoded body to the body that goes out. Bytes in, bytes out; whatever goes wrong, the body that came is the one that goes. */
import { messageOf } from '../errors.ts';
import type { StepByStep } from '../library/step-by-step.ts';
import type { BlockRecord } from '../pipeline/decision.ts';
import { filedUnder, type Pipeline, type Skip } from '../pipeline/pipeline.ts';
import { asStep } from '../pipeline/steps.ts';
import type { Protocol, WireConversation } from '../protocols/protocol.ts';
import { type Replacement, splice } from '../protocols/splice.ts';
import type { About, Histories, Rewritten } from './histories.ts';
import { rootOf } from './sent-form.ts';

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
  /** What is recorded about it is filed by; absent where nothing is recorded. */
  readonly about?: About | undefined;
  /** How it was rewritten by what is recorded. */
  readonly rewritten?: Rewritten | undefined;
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

export interface ShrinkParts {
  readonly pipeline: () => Promise<Pipeline>;
  /** What is known of conversations beyond this process; absent: as much as the pipeline remembers. */
  readonly histories?: Histories | undefined;
  /** What all bodies are read through, as many may be there at once, and what all results are shrunk through. */
  readonly readInTurn: StepByStep;
  readonly stepByStep: StepByStep;
}

/** `isTurn`: the model answers it; else it is only counted. */
export async function shrink(
  received: Buffer,
  { protocol, upstream, isTurn }: { readonly protocol: Protocol; readonly upstream: string; readonly isTurn: boolean },
  { pipeline, histories, readInTurn, stepByStep }: ShrinkParts,
): Promise<Shrunk> {
  let conversation: WireConversation | undefined;
  let about: About | undefined;
  try {
    conversation = await readInTurn(asStep(() => protocol.read(received, upstream)));
    if (!conversation) return leave(received, 'unknown shape');
    const { blocks, model } = conversation;
    about = histories?.about(conversation);
    const decider = await pipeline();
    const rewritten = await histories?.rewrite({ conversation, size: received.length, isTurn }, decider);
    const { replacements, records, skips } =
      rewritten?.rewriting ?? (await stepByStep(decider.rewriteInSteps(conversation), rootOf(conversation)));
    const replaced = [...replacements].map(([index, text]) => {
      const { key, start, end } = blocks[index]!;
      return { key: filedUnder(key, rewritten?.era), start, end, text };
    });
    return {
      ...asBodies(received, splice(received, replaced)),
      replaced,
      blocks: records,
      model,
      untouched: undefined,
      skips,
      faulted: [],
      about: rewritten && { root: rewritten.root, scope: rewritten.scope, era: rewritten.era },
      rewritten,
    };
  } catch (thrown) {
    const step = conversation ? 'shrinking' : 'reading';
    const results = conversation?.blocks.filter((block) => block.source === 'result') ?? [];
    const faulted = results.map(({ key }) => filedUnder(key, about?.era));
    return { ...leave(received, `${step} failed: ${messageOf(thrown)}`), model: conversation?.model, faulted, about };
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
