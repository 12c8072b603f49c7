/**
 * Heavy work: one piece after the other, in the order in which it came, and of it only so much in one turn of the event loop. Replies of others
 * flow on in between, and so do new requests; where a piece waits for something, the next one goes on meanwhile. What work comes to does not
 * depend on when its steps are done.
 */
import type { Steps } from '../pipeline/steps.ts';

/** Rejects with what the work throws. What is of the same conversation begins only when what came before is through. */
export type StepByStep = <Result>(work: Steps<Result>, conversation?: string) => Promise<Result>;

/** After so many milliseconds of work everything else has its turn. */
const mostPerTurn = 4;

/** Work that nobody is ahead of begins at once. */
export function createStepByStep(): StepByStep {
  let last: Promise<unknown> = Promise.resolve();
  let spent = 0;
  /** Of each conversation that has work here the latest. */
  const latest = new Map<string, Promise<unknown>>();

  return (work, conversation) => {
    if (conversation === undefined) return finish(work);
    const before = latest.get(conversation);
    const result = before ? before.then(() => finish(work)) : finish(work);
    const over = result.then(forget, forget);
    latest.set(conversation, over);
    return result;

    function forget(): void {
      if (conversation !== undefined && latest.get(conversation) === over) latest.delete(conversation);
    }
  };

  async function finish<Result>(work: Steps<Result>): Promise<Result> {
    for (;;) {
      const reached = last.then(() => goOn(work));
      last = reached.then(makeWay, makeWay);
      const { done, value } = await reached;
      if (done) return value;
      await value;
    }
  }

  /** To its end, or until it waits for something. */
  async function goOn<Result>(work: Steps<Result>): Promise<IteratorResult<Promise<unknown> | undefined, Result>> {
    for (;;) {
      const began = performance.now();
      try {
        const reached = work.next();
        if (reached.done || reached.value) return reached;
      } finally {
        spent += performance.now() - began;
      }
      await makeWay();
    }
  }

  async function makeWay(): Promise<void> {
    if (spent < mostPerTurn) return;
    await wholeTurn();
    spent = 0;
  }
}

/** Whatever else is ready on the event loop, sockets above all, has been seen to: one `setImmediate` may still belong to the present turn. */
export async function wholeTurn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
