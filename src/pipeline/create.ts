/** The pipeline: remembers what every block became, extends what it knows of a conversation by the blocks that came, and forgets within bounds. */
import { type Block, type Conversation, messagesKey } from '../block.ts';
import { messageOf } from '../errors.ts';
import { BoundedMap } from '../text/bounded-map.ts';
import { pays } from './accept.ts';
import { planCold } from './cold.ts';
import { type Decided, decideCold, decideInSteps, type KeepOriginal } from './decide.ts';
import { type BlockRecord, beforeUs, type Decision, leave } from './decision.ts';
import { askElsewhere, type Elsewhere } from './elsewhere.ts';
import type { WrittenExcerpt } from './excerpt.ts';
import { withOrigin } from './origin.ts';
import { filedUnder, type Pipeline, type RewriteOptions, type Rewriting, type Skip } from './pipeline.ts';
import { finish, type Steps } from './steps.ts';
import { shapeOf, showAsItCame, showShrunk, type Thread } from './thread.ts';
import { Threads } from './threads.ts';

export interface PipelineOptions {
  /** o200k tokens of a text. */
  readonly count: (text: string) => number;
  /** Puts originals where the agent can open them; absent: no excerpts (the profile `lossless`). */
  readonly keep?: KeepOriginal;
  /** Skips of an earlier worker, which stand. */
  readonly skips?: readonly Skip[];
  /** UTF-16 units of conversation text kept in memory, and half as much of what follows from it; the least recently used goes first. */
  readonly mostRemembered?: number;
  /** UTF-16 units of text that one step works on, unless a single block has more: 25 ms for 100 KB. */
  readonly mostPerStep?: number;
  /** Where what is heavy about a big result is worked out when the work goes in steps; absent: in place. */
  readonly elsewhere?: Elsewhere | undefined;
}

export function createPipeline({
  count,
  keep,
  skips: earlierSkips = [],
  mostRemembered = 8 * 1024 * 1024,
  mostPerStep = 8 * 1024,
  elsewhere,
}: PipelineOptions): Pipeline {
  const threads = new Threads(mostRemembered);
  /** Taken out of the map by rewritings that are not through. */
  const growing = new Map<Thread, Work>();
  const decisions = new BoundedMap<Decision>(mostRemembered / 4);
  /** Of results whose threads were forgotten: to work them out is most of what a thread that begins anew costs. */
  const shapes = new BoundedMap<string>(mostRemembered / 4);
  const accepted = new BoundedMap<true>(200_000);
  const pinned = new Map<string, Skip>(earlierSkips.map((skip) => [skip.key, skip]));

  return {
    rewrite: (conversation, options) => finish(rewriteWith(undefined, conversation, options)),
    rewriteInSteps: (conversation, options) => rewriteWith(elsewhere, conversation, options),
    skip: (keys, reason) => {
      const now = new Set(keys);
      for (const key of now) {
        pinned.set(key, { key, reason });
        decisions.delete(key);
      }
      threads.forgetOf('', now);
      for (const [thread, { conversation, options }] of growing)
        if (conversation.blocks.some(({ key }) => now.has(filedUnder(key, options.era)))) growing.delete(thread);
    },
    accept: (keys) => {
      for (const key of keys) accepted.set(key, true);
    },
    isAccepted: (key) => accepted.get(key) === true,
    forget: (era, root) => {
      threads.forgetOf(era, root === undefined ? undefined : new Set([era + root]));
      // What was thought up without knowing the others was never sent; what was is recorded, or comes out the same.
      for (const [key] of decisions.each()) if (key.startsWith(era)) decisions.delete(key);
    },
  };

  function* rewriteWith(elsewhere: Elsewhere | undefined, conversation: Conversation, options: RewriteOptions = {}): Steps<Rewriting> {
    const { blocks } = conversation;
    const work: Work = { conversation, options, elsewhere, skips: [], chosen: new Map() };
    let carried = options.carried ?? 0;
    for (;;) {
      if (options.moment === 'cold') {
        forgetAll(blocks, options.era);
        if (keep) work.chosen = planCold(blocks);
      }
      const thread = threads.take(blocks, options.era);
      carried = Math.max(carried, thread.keys.length);
      if (!(yield* grow(thread, work))) continue;
      threads.put(thread);
      return collect(conversation, thread, carried, work.skips);
    }
  }

  /** False where one of the blocks was skipped between two steps: what was decided of it does not stand. */
  function* grow(thread: Thread, work: Work): Steps<boolean> {
    const { blocks } = work.conversation;
    let units = 0;
    growing.set(thread, work);
    try {
      for (let at = thread.keys.length; at < blocks.length; at++) {
        const more = blocks[at]!.text.length;
        if (units > 0 && units + more > mostPerStep) {
          yield;
          units = 0;
        }
        if (!growing.has(thread)) return false;
        yield* extend(thread, work, at);
        units += more;
      }
      return growing.has(thread);
    } finally {
      growing.delete(thread);
    }
  }

  /** What was decided of these blocks, and what is known of others that begin as they do. */
  function forgetAll(blocks: readonly Block[], era: string | undefined): void {
    const keys = blocks.map(({ key }) => filedUnder(key, era));
    threads.forgetBeginningWith(keys[0] ?? '');
    for (const key of keys) decisions.delete(key);
  }

  function* extend(thread: Thread, work: Work, at: number): Steps<void> {
    const { visible } = thread;
    const block = withOrigin(work.conversation.blocks, at);
    const mark = visible.mark();
    const decision = block.source === 'result' ? yield* settle(thread, work, block, at) : undefined;
    if (!decision?.replacement && block.source !== 'opaque') {
      visible.rollBack(mark);
      showAsItCame(visible, block);
    }
    visible.shown += decision?.replacement?.length ?? block.text.length;
    thread.keys.push(filedUnder(block.key, work.options.era));
    thread.decisions.push(decision);
    thread.marks.push(mark);
  }

  function shape(block: Block): string | undefined {
    const known = shapes.get(block.key);
    const found = known ?? shapeOf(block, count);
    if (found !== undefined && known === undefined) shapes.set(block.key, found, found.length + 100);
    return found;
  }

  /** The same of a big result, which is asked for elsewhere. */
  function* fetchShape({ key, text, call }: Block, elsewhere: Elsewhere | undefined): Steps<void> {
    if (shapes.get(key) !== undefined) return;
    const found = yield* askElsewhere(elsewhere, 'shape', { text, call, asked: undefined });
    if (found !== undefined) shapes.set(key, found, found.length + 100);
  }

  /** What a result becomes; where it is shrunk, its outgoing lines have been shown. */
  function* settle(
    { visible, decisions: earlier }: Thread,
    { conversation, options, elsewhere, skips, chosen }: Work,
    block: Block,
    at: number,
  ): Steps<Decision> {
    const { recorded, sent = 0, foreign = 0, leaves, leastForExcerpt } = options;
    const key = filedUnder(block.key, options.era);
    const pin = pinned.get(key);
    if (pin && pin.only === undefined) return leave(pin.reason, 0);
    const before = recorded?.(messagesKey(block.key)) ?? (at < sent ? leave('sent as it came', 0) : decisions.get(key));
    if (before) {
      if (before.replacement === undefined) return before;
      if (before.form !== 'excerpt') yield* fetchShape(block, elsewhere);
      showShrunk(visible, block, before, shape);
      return before;
    }
    if (leaves !== undefined) return leave(leaves, 0);
    if (at < foreign && !earlier.some((decision) => decision?.replacement !== undefined)) return leave(beforeUs, 0);
    let decision: Decision;
    try {
      const mark = visible.mark();
      const atFirstSight = yield* decideInSteps(block, visible, {
        count,
        allowsRepeats: conversation.allowsRepeats,
        asked: () => saidBefore(conversation.blocks, at),
        leastForExcerpt: leastForExcerpt?.(at, earlier),
        keep: pin ? undefined : keep,
        mostPerStep,
        elsewhere,
      });
      const told = decideChosen(block, chosen.get(at), atFirstSight);
      if (told) {
        visible.rollBack(mark);
        showShrunk(visible, block, told, shape);
      }
      const { noExcerpt, ...decided } = told ?? atFirstSight;
      decision = decided;
      if (noExcerpt !== undefined) settleSkip({ key, reason: noExcerpt, only: 'excerpt' });
    } catch (thrown) {
      decision = leave(`compressor threw: ${messageOf(thrown)}`, 0);
      settleSkip({ key, reason: decision.reason });
    }
    decisions.set(key, decision, 200 + 2 * (decision.replacement?.length ?? 0));
    return decision;

    function settleSkip(skip: Skip): void {
      // Between two steps somebody may have skipped all of it.
      if (pinned.has(skip.key) && pinned.get(skip.key) !== pin) return;
      pinned.set(skip.key, skip);
      skips.push(skip);
    }
  }

  /** The cold form of a result that the plan chose, where it can be had and pays more than what the result is at first sight. */
  function decideChosen(block: Block, excerpt: WrittenExcerpt | undefined, { tokensAfter }: Decision): Decided | undefined {
    const decision = excerpt && keep ? decideCold(block, excerpt, { count, keep }) : undefined;
    return decision && pays(tokensAfter, decision.tokensAfter) ? decision : undefined;
  }
}

/** One request while it is worked on. */
interface Work {
  readonly conversation: Conversation;
  readonly options: RewriteOptions;
  readonly elsewhere: Elsewhere | undefined;
  readonly skips: Skip[];
  /** What the plan for a cold moment shows of old results, by index. */
  chosen: ReadonlyMap<number, WrittenExcerpt>;
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

function collect(conversation: Conversation, thread: Thread, known: number, skips: readonly Skip[]): Rewriting {
  const replacements = new Map<number, string>();
  const records: BlockRecord[] = [];
  for (const [at, { call }] of conversation.blocks.entries()) {
    const decision = thread.decisions[at];
    if (!decision) continue;
    // Field by field: of hundreds of blocks in every request, `...rest` would take longer than finding them.
    const { replacement, form, reason, kind, levers, tokensBefore, tokensAfter, original } = decision;
    if (replacement !== undefined) replacements.set(at, replacement);
    const key = thread.keys[at]!;
    records.push({ key, tool: call?.tool, carried: at < known, form, reason, kind, levers, tokensBefore, tokensAfter, original });
  }
  return { replacements, decisions: [...thread.decisions], records, skips };
}
