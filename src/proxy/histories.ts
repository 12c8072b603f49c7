/**
 * Rewrites conversations by what the decision store knows of them, and records what it decides before the request leaves. Several processes may
 * do so at once: who finds that others were quicker decides anew.
 */
import { messagesKey, type SentConversation, type Usage } from '../block.ts';
import { createStepByStep, type StepByStep } from '../library/step-by-step.ts';
import { type Course, chooseCourse } from '../pipeline/course.ts';
import { type Expectation, judgeUsage, shrinkingLever } from '../pipeline/evidence.ts';
import { apply, type History, take } from '../pipeline/history.ts';
import type { Pipeline, Rewriting } from '../pipeline/pipeline.ts';
import type { Steps } from '../pipeline/steps.ts';
import type { WireConversation } from '../protocols/protocol.ts';
import type { ClockReading, DecisionLine, DecisionStore } from '../store/decisions.ts';
import { type ColdMoment, describeCold } from './cold-moment.ts';
import { createKnownConversations, forget, type Known } from './known-conversations.ts';
import { newLineId } from './line-id.ts';
import { freshExcerpts, storeIsAway } from './rejoin.ts';
import { lineFor } from './request-line.ts';
import { isSentOtherwise, rootOf, sharesOf } from './sent-form.ts';

export interface HistoriesParts {
  readonly store: DecisionStore;
  readonly readClock: () => ClockReading;
  /** True: history that nobody recorded is ours. */
  readonly isOurs: boolean;
  readonly allowsCold: boolean;
  /** What all heavy work of the proxy goes through; one of its own unless given. */
  readonly stepByStep?: StepByStep;
  /** Instead of what requests say, in seconds; for tests. */
  readonly cacheLife?: number | undefined;
}

interface Request {
  readonly conversation: WireConversation;
  /** Bytes of its body. */
  readonly size: number;
  /** The model answers it; else it is only counted. */
  readonly isTurn: boolean;
}

/** What a line about a request is filed by. */
export interface About {
  readonly root: string;
  readonly scope: string;
  readonly era: string;
}

/** A request as it was rewritten, for what is learned of it later. */
export interface Rewritten extends About {
  readonly rewriting: Rewriting;
  readonly cold: ColdMoment | undefined;
  /** So many of its blocks had been sent in its era. */
  readonly sent: number;
  /** How the request was expected to be billed, if the bodies of the messages alone are looked at. */
  readonly expected: Expectation;
  readonly used: NonNullable<DecisionLine['used']>;
}

export interface Histories {
  /** A turn is recorded before this resolves; a request that is only counted is not. */
  rewrite(request: Request, pipeline: Pipeline): Promise<Rewritten>;
  /** Records something about a request that was rewritten. Never rejects: what cannot be recorded is known as long as this process is. */
  note(about: About, what: Partial<DecisionLine>): Promise<void>;
  /** What a line about a request would be filed by, as far as is known without reading. */
  about(conversation: SentConversation): About;
  /** What a reply's usage says of it. Gives the lever that made the provider write again what it had. */
  learn(rewritten: Rewritten, usage: Usage): Promise<string | undefined>;
  /** The reply has begun: where that took its time, only now the provider's cache was used. */
  hear(rewritten: Rewritten): Promise<void>;
}

/** Others were quicker so many times in a row: something is wrong with the store. */
const mostAttempts = 20;
/** A reply that begins within this time needs no line of its own. */
const soonMs = 5000;

export function createHistories(parts: HistoriesParts): Histories {
  const { store, readClock, stepByStep = createStepByStep() } = parts;
  const { inTurn, readOn, receive, wait, peek } = createKnownConversations(store, readClock);

  return {
    rewrite: (request, pipeline) => {
      const root = rootOf(request.conversation);
      return inTurn(root, async (known) => {
        await readOn(root, known, pipeline);
        return request.isTurn ? record(root, known, request, pipeline) : stepByStep(work(root, known, request, pipeline, false));
      });
    },
    note,
    about: (conversation) => {
      const root = rootOf(conversation);
      const { scope } = conversation;
      return { root, scope, era: peek(root)?.scopes.get(scope)?.era.name ?? scope };
    },
    learn,
    hear: async (rewritten) => {
      const now = readClock();
      if (now.time - rewritten.used.time > soonMs) await note(rewritten, { used: { ...now, life: rewritten.used.life } });
    },
  };

  function note({ root, scope, era }: About, what: Partial<DecisionLine>): Promise<void> {
    return inTurn(root, async (known) => {
      const line: DecisionLine = { v: 1, id: newLineId(), scope, era, ...what };
      try {
        receive(root, known, await store.append(root, line, known.place));
        apply(known.history, line, readClock());
      } catch {
        take(known.history, line, readClock());
        wait(root, known, line);
      }
    });
  }

  async function learn(rewritten: Rewritten, usage: Usage): Promise<string | undefined> {
    const era = peek(rewritten.root)?.eras.get(rewritten.era);
    const found = judgeUsage(usage, rewritten.expected, era);
    if (found) await note(rewritten, found);
    return found?.tripped;
  }

  async function record(root: string, known: Known, request: Request, pipeline: Pipeline): Promise<Rewritten> {
    let allowsCold = parts.allowsCold;
    for (let attempt = 1; ; attempt++) {
      const rewritten = await stepByStep(work(root, known, request, pipeline, allowsCold));
      const line = lineFor(rewritten, known, request.conversation);
      try {
        const read = await store.append(root, line, known.place);
        receive(root, known, read, pipeline);
        const holds = apply(known.history, line, readClock());
        if (holds) known.unrecorded.delete(line.era);
        if (holds || attempt === mostAttempts) return remember(known, request.conversation, rewritten);
        forget(pipeline, line.era, root);
      } catch {
        // Nothing is rewritten without its record; what follows from the text alone goes on.
        const keys = store.whenBack ? freshExcerpts(known.history, line) : [];
        if (rewritten.cold) allowsCold = false;
        else if (keys.length > 0) {
          // Whether it is there nobody knows: whoever reads it reads this too.
          const takenBack: DecisionLine = { v: 1, id: newLineId(), scope: line.scope, era: line.era, takenBack: keys };
          pipeline.skip(
            keys.map((key) => line.era + key),
            storeIsAway,
          );
          take(known.history, takenBack, readClock());
          wait(root, known, takenBack);
        } else {
          take(known.history, line, readClock());
          if (store.whenBack) wait(root, known, line);
          else known.unrecorded.set(line.era, [...(line.decided ?? [])]);
          return remember(known, request.conversation, rewritten);
        }
      }
    }
  }

  function remember({ latest }: Known, { blocks }: SentConversation, rewritten: Rewritten): Rewritten {
    const last = blocks.at(-1);
    if (last) latest.set(messagesKey(last.key), rewritten.rewriting.decisions);
    return rewritten;
  }

  function* work(
    root: string,
    { history, latest, isUnread }: Known,
    { conversation, size }: Request,
    pipeline: Pipeline,
    allowsCold: boolean,
  ): Steps<Rewritten> {
    const now = readClock();
    const life = parts.cacheLife ?? conversation.life ?? null;
    // What others of us may have sent smaller is not left whole because they cannot be asked.
    const isOurs = parts.isOurs || (isUnread && store.whenBack !== undefined);
    const course: Course = chooseCourse(history, conversation, now, { isOurs, allowsCold });
    const { era, sent, carried, foreign, cold } = course;
    const decided = history.eras.get(era)?.decided;
    const rewriting = yield* pipeline.rewriteInSteps(conversation, {
      ...{ era, sent, carried, foreign, moment: cold && 'cold' },
      recorded: decided && ((key) => decided.get(key)),
      leaves: isOff(history) ? 'switched off' : undefined,
    });
    const moment = cold && describeCold(cold, course, history, rewriting.records);
    const before = carried === 0 ? undefined : latest.get(messagesKey(conversation.blocks[carried - 1]!.key));
    const hasChanged = before !== undefined && isSentOtherwise(before, rewriting.decisions);
    const expected = { isCold: cold !== undefined, hasChanged, ...sharesOf(conversation.blocks, carried, size) };
    return { rewriting, root, scope: conversation.scope, era, sent, expected, used: { ...now, life }, cold: moment };
  }
}

/** After so many cache writes that we caused, nothing new is shrunk. */
function isOff(history: History): boolean {
  return (history.trips.get(shrinkingLever) ?? 0) > 1;
}
