/** What is recorded of a request before it leaves: its use of the provider's cache, and what it decided. It records nothing itself. */
import { messagesKey, type SentConversation } from '../block.ts';
import { type History, toRecord } from '../pipeline/history.ts';
import type { DecisionLine, RecordedDecision } from '../store/decisions.ts';
import type { Rewritten } from './histories.ts';
import { newLineId } from './line-id.ts';

/** What was known of its conversation before. */
interface KnownBefore {
  readonly history: History;
  readonly unrecorded: ReadonlyMap<string, readonly RecordedDecision[]>;
}

export function lineFor(
  { rewriting, scope, era, sent, used, cold }: Rewritten,
  { history, unrecorded }: KnownBefore,
  { blocks }: SentConversation,
): DecisionLine {
  const known = history.eras.get(era)?.decided;
  const decided = [...(unrecorded.get(era) ?? [])];
  for (let at = sent; at < blocks.length; at++) {
    const decision = rewriting.decisions[at];
    const key = messagesKey(blocks[at]!.key);
    // What goes out as it came too: a fork may send it again, and who sends that may decide otherwise.
    if (decision && !known?.has(key)) decided.push(toRecord(key, decision));
  }
  const last = blocks.at(-1);
  return {
    ...{ v: 1, id: newLineId(), base: history.lines, scope, era },
    ...(cold?.instead === undefined ? {} : { instead: cold.instead }),
    used,
    ...(last ? { sent: messagesKey(last.key) } : {}),
    ...(decided.length > 0 ? { decided } : {}),
  };
}
