/**
 * What this process knows of conversations, beside what the decision store has of them: read on before each request, kept back while the store
 * is away, and forgotten within bounds. What is decided of a request is `histories.ts`'s.
 */
import type { Decision } from '../pipeline/decision.ts';
import { apply, createHistory, type History, toRecord } from '../pipeline/history.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ClockReading, DecisionLine, DecisionStore, ListPlace, ReadLines, RecordedDecision } from '../store/decisions.ts';
import { BoundedMap } from '../text/bounded-map.ts';
import { rejoin } from './rejoin.ts';
import { noRoot } from './sent-form.ts';

export interface Known {
  history: History;
  place: ListPlace | undefined;
  /** What could not be recorded, by era. */
  readonly unrecorded: Map<string, RecordedDecision[]>;
  /** Lines for a store that is away. */
  readonly waiting: DecisionLine[];
  /** True where the store could not be asked what it has of it. */
  isUnread: boolean;
  /** True where the store has it otherwise than it was thought. */
  isChanged: boolean;
  /** What the last few requests of this process were decided to be, by the messages' key of their last block. */
  readonly latest: BoundedMap<readonly (Decision | undefined)[]>;
  /** Resolves when the last request of this conversation is recorded. */
  idle: Promise<unknown>;
}

export interface KnownConversations {
  /** One request after the other, for each conversation. */
  inTurn<T>(root: string, run: (known: Known) => Promise<T>): Promise<T>;
  /** Reads what others added; where the store was away, adds what waits for it. Never rejects. */
  readOn(root: string, known: Known, pipeline?: Pipeline): Promise<void>;
  /** What others added. What they decided is not what this process may have thought up for a request that was only counted. */
  receive(root: string, known: Known, read: ReadLines, pipeline?: Pipeline): void;
  /** Keeps a line for a store that is away. Where nobody else can have added what counts, the next request's line says it all. */
  wait(root: string, known: Known, line: DecisionLine): void;
  /** As far as it is known without reading. */
  peek(root: string): History | undefined;
}

/** UTF-16 units of text, of all conversations that are remembered; the store has them all. */
const mostRemembered = 32 * 1024 * 1024;
/** Requests of one conversation, of which several may be under way at once. */
const mostLatest = 4;

export function createKnownConversations(store: DecisionStore, readClock: () => ClockReading): KnownConversations {
  const conversations = new BoundedMap<Known>(mostRemembered);
  /** Those with lines that wait, which are not forgotten. */
  const cutOff = new Map<string, Known>();
  store.whenBack?.(() => {
    for (const root of cutOff.keys()) void inTurn(root, (known) => readOn(root, known));
  });
  return { inTurn, readOn, receive, wait, peek: (root) => conversations.get(root)?.history };

  function inTurn<T>(root: string, run: (known: Known) => Promise<T>): Promise<T> {
    const known = conversations.get(root) ?? cutOff.get(root) ?? begin();
    const result = known.idle.then(() => run(known));
    known.idle = result.catch(() => {}).then(() => conversations.set(root, known, known.history.weight + 1000));
    conversations.set(root, known, known.history.weight + 1000);
    return result;
  }

  async function readOn(root: string, known: Known, pipeline?: Pipeline): Promise<void> {
    try {
      if (known.waiting.length > 0) {
        Object.assign(known, await rejoin(store, root, known.waiting, readClock));
        known.unrecorded.clear();
        cutOff.delete(root);
        known.isChanged = true;
      }
      receive(root, known, await store.read(root, known.place), pipeline);
      known.isUnread = false;
    } catch {
      // What cannot be read cannot be written either, and so is told.
      known.isUnread = known.place === undefined;
    }
    if (!known.isChanged || !pipeline) return;
    known.isChanged = false;
    for (const era of known.history.eras.keys()) forget(pipeline, era, root);
  }

  function receive(root: string, known: Known, { lines, place, isAnother }: ReadLines, pipeline?: Pipeline): void {
    if (isAnother) {
      // Somebody took the list away: what it held is recorded again.
      known.history.lines = 0;
      for (const { name, decided } of known.history.eras.values())
        known.unrecorded.set(
          name,
          [...decided].map(([key, decision]) => toRecord(key, decision)),
        );
    }
    known.place = place;
    for (const line of lines) apply(known.history, line, readClock());
    if (pipeline) for (const era of new Set(lines.map((line) => line.era))) forget(pipeline, era, root);
  }

  function wait(root: string, known: Known, { base: _, ...line }: DecisionLine): void {
    if (!store.whenBack) return;
    known.waiting.push(line);
    cutOff.set(root, known);
  }
}

/** What others decided of this conversation is no news of others. */
export function forget(pipeline: Pipeline, era: string, root: string): void {
  pipeline.forget(era, root === noRoot ? undefined : root);
}

function begin(): Known {
  return {
    ...{ history: createHistory(), place: undefined, unrecorded: new Map(), waiting: [], isUnread: false, isChanged: false },
    ...{ latest: new BoundedMap<readonly (Decision | undefined)[]>(mostLatest), idle: Promise.resolve() },
  };
}
