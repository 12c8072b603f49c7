/**
 * Heavy work: one piece after the other, in the order in which it came, and of it only so much in one turn of the event loop. Replies of others
 * flow on in between, and so do new requests. What work comes to does not depend on when its steps are done.
 */
import type { Steps } from '../pipeline/steps.ts';

/** Rejects with what the work throws. */
export type StepByStep = <Result>(work: Steps<Result>) => Promise<Result>;

/** After so many milliseconds of work everything else has its turn. */
const mostPerTurn = 4;

/** Work that nobody is ahead of begins at once. */
export function createStepByStep(): StepByStep {
  let last: Promise<unknown> = Promise.resolve();
  let spent = 0;

  return (work) => {
    const result = last.then(() => finish(work));
    last = result.then(makeWay, makeWay);
    return result;
  };

  async function finish<Result>(work: Steps<Result>): Promise<Result> {
    for (;;) {
      const began = performance.now();
      try {
        const { done, value } = work.next();
        if (done) return value;
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
