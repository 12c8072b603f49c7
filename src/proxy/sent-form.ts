/** What tells one request of a conversation from another: what it begins with, which share of it is new, and how it goes out. */
import { messagesKey, type SentConversation } from '../block.ts';
import type { Decision } from '../pipeline/decision.ts';
import type { Expectation } from '../pipeline/evidence.ts';
import type { WireBlock } from '../protocols/protocol.ts';

/** The shares of a body that stand beside the messages, and that no earlier request had sent. */
export function sharesOf(blocks: readonly WireBlock[], carried: number, size: number): Pick<Expectation, 'fixed' | 'fresh'> {
  const end = blocks.at(-1)?.end ?? 0;
  const from = (at: number) => (end - (blocks[at]?.start ?? end)) / size;
  return { fixed: 1 - from(0), fresh: carried === 0 ? 1 : from(carried) };
}

/** Whether something goes out otherwise now than it did before. */
export function isSentOtherwise(before: readonly (Decision | undefined)[], now: readonly (Decision | undefined)[]): boolean {
  return before.some((decision, at) => decision?.replacement !== now[at]?.replacement);
}

/** Where nothing stands before it. */
export const noRoot = 'none';

/** What stands before the model's first turn: the same for all requests, forks and resumes of a conversation. */
export function rootOf({ blocks, opening }: SentConversation): string {
  return messagesKey(blocks[opening - 1]?.key ?? '') || noRoot;
}
