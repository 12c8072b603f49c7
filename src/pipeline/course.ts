/** Which course a request takes, from what is known of its conversation: what stands, what is left alone, and whether this is a cold moment. */
import { chain, messagesKey, type SentConversation, scopeLength } from '../block.ts';
import { isOtherCore } from '../protocols/wire-scope.ts';
import type { ClockReading } from '../store/decisions.ts';
import { coldLever } from './decision.ts';
import { type Era, type History, isCold } from './history.ts';

export interface CourseOptions {
  /** True: history that nobody recorded is ours to decide on. False: somebody else may have sent it. */
  readonly isOurs: boolean;
  /** Whether old results may be rewritten at cold moments. */
  readonly allowsCold: boolean;
}

export interface Course {
  /** The name of the era, which may not have begun yet. */
  readonly era: string;
  /** The era that this one begins in place of. */
  readonly instead: string | undefined;
  /** Why the provider certainly holds nothing: `idle` for longer than it keeps, or another `model`, system prompt or list of tools. */
  readonly cold: 'idle' | 'model' | undefined;
  /** So many blocks were sent in this era, and in any. */
  readonly sent: number;
  readonly carried: number;
  /** So many blocks may have been sent by somebody else. */
  readonly foreign: number;
}

/** How many requests a scope must have served before another one counts as a change: what differs in every request may be no part of the cache. */
const leastServed = 3;
/** How often a lever may cost cache writes before it is off. */
const mostTrips = 1;

export function chooseCourse(history: History, conversation: SentConversation, now: ClockReading, options: CourseOptions): Course {
  const { scope, turn } = conversation;
  const own = history.scopes.get(scope);
  const everywhere = sentIn([...history.eras.values()], conversation, conversation.blocks.length);
  // The model's last turn is the reply to the last request of ours: nobody else has gone on with it.
  const isAllOurs = turn > 0 && everywhere >= turn;
  const allowsCold = options.allowsCold && isAllOurs && (history.trips.get(coldLever) ?? 0) <= mostTrips;
  const before = history.latest === undefined ? undefined : history.scopes.get(history.latest);

  if (own) return goesOn(own.era);
  if (!before || history.latest === undefined) return begins(scope, undefined, undefined);
  if (allowsCold && before.requests >= leastServed && isOtherOfAll(history, scope)) return begins(scope, undefined, 'model');
  // Notes that lines stand above are not for a request whose old results may be cleared.
  return scope.at(-1) === history.latest.at(-1) ? goesOn(before.era) : begins(scope, undefined, undefined);

  function goesOn(era: Era): Course {
    if (allowsCold && isCold(era, now)) return begins(followerOf(era.name), era.name, 'idle');
    const sent = sentIn([era], conversation, everywhere);
    return { era: era.name, instead: undefined, cold: undefined, sent, carried: everywhere, foreign: foreignBlocks() };
  }

  function begins(era: string, instead: string | undefined, cold: Course['cold']): Course {
    return { era, instead, cold, sent: 0, carried: everywhere, foreign: cold ? 0 : foreignBlocks() };
  }

  /** The newest results too: who sent them may have gone before the reply. */
  function foreignBlocks(): number {
    return options.isOurs || everywhere >= turn ? 0 : conversation.blocks.length;
  }
}

/** The same for every process that comes to the end of an era. */
function followerOf(era: string): string {
  return chain(era, 'follower').slice(0, scopeLength);
}

/** How many blocks of a conversation were sent in any of these eras; not more than `most`. */
function sentIn(eras: readonly Era[], { blocks }: SentConversation, most: number): number {
  // From the end: what came since the last request is short, and a conversation has hundreds of blocks.
  for (let length = most; length > 0; length--) {
    const key = messagesKey(blocks[length - 1]!.key);
    if (eras.some(({ sent }) => sent.has(key))) return length;
  }
  return 0;
}

/** Whether the model, the system prompt or the tools are such as no request with this root has had. */
function isOtherOfAll({ scopes, latest }: History, scope: string): boolean {
  return latest !== undefined && isOtherCore(latest, scope) && [...scopes.keys()].every((each) => isOtherCore(each, scope));
}
