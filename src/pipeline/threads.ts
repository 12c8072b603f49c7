/**
 * The conversations that a process remembers, the least recently used forgotten first. They are found by the block they begin with: to look at
 * all of them for every request is to fetch them all into the processor's cache.
 */
import type { Block } from '../block.ts';
import { BoundedMap } from '../text/bounded-map.ts';
import { filedUnder } from './pipeline.ts';
import { createThread, cutBack, type Thread } from './thread.ts';

export class Threads {
  /** By the key of the last block. */
  private readonly byLast: BoundedMap<Thread>;
  /** Keys of last blocks, by that of the first. */
  private readonly lasts = new Map<string, Set<string>>();

  /** `most`: UTF-16 units of text that are remembered. */
  constructor(most: number) {
    this.byLast = new BoundedMap(most, (last, thread) => this.unlink(last, thread));
  }

  get size(): number {
    return this.byLast.size;
  }

  /** So many first blocks they have between them. */
  get families(): number {
    return this.lasts.size;
  }

  has(last: string): boolean {
    return this.byLast.peek(last) !== undefined;
  }

  /** Until somebody takes it. */
  put(thread: Thread): void {
    const [first, last] = [thread.keys[0], thread.keys.at(-1)];
    if (first === undefined || last === undefined) return;
    this.byLast.set(last, thread, thread.visible.shown + 1000);
    const known = this.lasts.get(first);
    if (known) known.add(last);
    else this.lasts.set(first, new Set([last]));
  }

  /** The thread that knows most of these blocks, cut back to what they share and taken out so that it can grow; else a new one. */
  take(blocks: readonly Block[], era: string | undefined): Thread {
    let best: { last: string; thread: Thread; shared: number } | undefined;
    for (const [last, thread] of this.beginningWith(filedUnder(blocks[0]?.key ?? '', era))) {
      const shared = sharedWith(thread, blocks, era);
      if (shared > (best?.shared ?? 0)) best = { last, thread, shared };
    }
    // A fork that would throw away most of a longer conversation begins a thread of its own.
    if (!best || best.shared < best.thread.keys.length / 2) return createThread();
    this.byLast.delete(best.last);
    cutBack(best.thread, best.shared);
    return best.thread;
  }

  /** Those that begin with a block. */
  forgetBeginningWith(first: string): void {
    for (const [last] of this.beginningWith(first)) this.byLast.delete(last);
  }

  /** Those of an era, and of them all that have one of these keys. */
  forgetOf(era: string, keys?: ReadonlySet<string>): void {
    for (const first of this.lasts.keys()) {
      if (!first.startsWith(era)) continue;
      for (const [last, thread] of this.beginningWith(first))
        if (keys === undefined || thread.keys.some((key) => keys.has(key))) this.byLast.delete(last);
    }
  }

  private beginningWith(first: string): [string, Thread][] {
    return [...(this.lasts.get(first) ?? [])].flatMap((last) => {
      const thread = this.byLast.peek(last);
      return thread ? [[last, thread] as [string, Thread]] : [];
    });
  }

  private unlink(last: string, { keys }: Thread): void {
    const first = keys[0] ?? '';
    const known = this.lasts.get(first);
    known?.delete(last);
    if (known?.size === 0) this.lasts.delete(first);
  }
}

/** How many blocks a thread and a conversation share from the start: keys are chained, so equal keys have equal pasts. */
function sharedWith(thread: Thread, blocks: readonly Block[], era: string | undefined): number {
  let low = 0;
  let high = Math.min(thread.keys.length, blocks.length);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (thread.keys[middle - 1] === filedUnder(blocks[middle - 1]?.key ?? '', era)) low = middle;
    else high = middle - 1;
  }
  return low;
}
