/** The pipeline: remembers what every block became, extends what it knows of a conversation by the blocks that came, and forgets within bounds. */
import type { Block, Conversation } from '../block.ts';
import { messageOf } from '../errors.ts';
import { BoundedMap } from '../text/bounded-map.ts';
import { decide, type KeepOriginal, leave } from './decide.ts';
import type { BlockRecord, Decision } from './decision.ts';
import { withOrigin } from './origin.ts';
import type { Pipeline, Rewriting, Skip } from './pipeline.ts';
import { createThread, cutBack, showAsItCame, showShrunk, type Thread } from './thread.ts';

export interface PipelineOptions {
  /** o200k tokens of a text. */
  readonly count: (text: string) => number;
  /** Puts originals where the agent can open them; absent: no excerpts (the profile `lossless`). */
  readonly keep?: KeepOriginal;
  /** Skips of an earlier worker, which stand. */
  readonly skips?: readonly Skip[];
  /** UTF-16 units of conversation text, and of outgoing text, kept in memory; the least recently used goes first. */
  readonly mostRemembered?: number;
}

export function createPipeline({ count, keep, skips: earlierSkips = [], mostRemembered = 8 * 1024 * 1024 }: PipelineOptions): Pipeline {
  /** By the key of the last block. */
  const threads = new BoundedMap<Thread>(mostRemembered);
  const decisions = new BoundedMap<Decision>(mostRemembered);
  const accepted = new BoundedMap<true>(200_000);
  const pinned = new Map<string, Skip>(earlierSkips.map((skip) => [skip.key, skip]));

  return {
    rewrite: (conversation) => {
      const skips: Skip[] = [];
      const { blocks } = conversation;
      const thread = takeThread(blocks);
      const known = thread.keys.length;
      for (let at = known; at < blocks.length; at++) extend(thread, conversation, at, skips);
      const last = thread.keys.at(-1);
      if (last !== undefined) threads.set(last, thread, thread.visible.shown + 1000);
      return collect(conversation, thread, known, skips);
    },
    skip: (keys, reason) => {
      const now = new Set(keys);
      for (const key of now) {
        pinned.set(key, { key, reason });
        decisions.delete(key);
      }
      for (const [last, thread] of threads.each()) if (thread.keys.some((key) => now.has(key))) threads.delete(last);
    },
    accept: (keys) => {
      for (const key of keys) accepted.set(key, true);
    },
    isAccepted: (key) => accepted.get(key) === true,
  };

  /** The thread that knows most of these blocks, cut back to what they share and taken out of the map so that it can grow; else a new one. */
  function takeThread(blocks: readonly Block[]): Thread {
    let best: { last: string; thread: Thread; shared: number } | undefined;
    for (const [last, thread] of threads.each()) {
      const shared = sharedWith(thread, blocks);
      if (shared > (best?.shared ?? 0)) best = { last, thread, shared };
    }
    // A fork that would throw away most of a longer conversation begins a thread of its own.
    if (!best || best.shared < best.thread.keys.length / 2) return createThread();
    threads.delete(best.last);
    cutBack(best.thread, best.shared);
    return best.thread;
  }

  function extend(thread: Thread, conversation: Conversation, at: number, skips: Skip[]): void {
    const { visible } = thread;
    const block = withOrigin(conversation.blocks, at);
    const mark = visible.mark();
    const decision =
      block.source === 'result'
        ? settle(thread, block, () => saidBefore(conversation.blocks, at), conversation.allowsRepeats, skips)
        : undefined;
    if (!decision?.replacement && block.source !== 'opaque') {
      visible.rollBack(mark);
      showAsItCame(visible, block);
    }
    visible.shown += decision?.replacement?.length ?? block.text.length;
    thread.keys.push(block.key);
    thread.decisions.push(decision);
    thread.marks.push(mark);
  }

  /** What a result becomes; where it is shrunk, its outgoing lines have been shown. */
  function settle({ visible }: Thread, block: Block, asked: () => string, allowsRepeats: boolean, skips: Skip[]): Decision {
    const pin = pinned.get(block.key);
    if (pin && pin.only === undefined) return leave(pin.reason, 0);
    const before = decisions.get(block.key);
    if (before) {
      if (before.replacement !== undefined) showShrunk(visible, block, before, count);
      return before;
    }
    let decision: Decision;
    try {
      const { noExcerpt, ...decided } = decide(block, visible, {
        count,
        allowsRepeats,
        asked,
        keep: pin ? undefined : keep,
      });
      decision = decided;
      if (noExcerpt !== undefined) settleSkip({ key: block.key, reason: noExcerpt, only: 'excerpt' });
    } catch (thrown) {
      decision = leave(`compressor threw: ${messageOf(thrown)}`, 0);
      settleSkip({ key: block.key, reason: decision.reason });
    }
    decisions.set(block.key, decision, 200 + 2 * (decision.replacement?.length ?? 0));
    return decision;

    function settleSkip(skip: Skip): void {
      pinned.set(skip.key, skip);
      skips.push(skip);
    }
  }
}

/** Of a long message the end: the question mostly stands there. */
const mostAsked = 2000;

/** What was said last before a block. */
function saidBefore(blocks: readonly Block[], at: number): string {
  for (let before = at - 1; before >= 0; before--) {
    const block = blocks[before];
    if (block?.source === 'said' && block.text.trim() !== '') return block.text.slice(-mostAsked);
  }
  return '';
}

/** How many blocks a thread and a conversation share from the start: keys are chained, so equal keys have equal pasts. */
function sharedWith(thread: Thread, blocks: readonly Block[]): number {
  let low = 0;
  let high = Math.min(thread.keys.length, blocks.length);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (thread.keys[middle - 1] === blocks[middle - 1]?.key) low = middle;
    else high = middle - 1;
  }
  return low;
}

function collect(conversation: Conversation, thread: Thread, known: number, skips: readonly Skip[]): Rewriting {
  const replacements = new Map<number, string>();
  const records: BlockRecord[] = [];
  for (const [at, block] of conversation.blocks.entries()) {
    const decision = thread.decisions[at];
    if (!decision) continue;
    // Field by field: of hundreds of blocks in every request, `...rest` would take longer than finding them.
    const { replacement, form, reason, kind, levers, tokensBefore, tokensAfter, original } = decision;
    if (replacement !== undefined) replacements.set(at, replacement);
    const { key, call } = block;
    records.push({ key, tool: call?.tool, carried: at < known, form, reason, kind, levers, tokensBefore, tokensAfter, original });
  }
  return { replacements, records, skips };
}
