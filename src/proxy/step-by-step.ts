/**
 * Heavy work: one piece after the other, in the order in which it came, and of each one step in a turn of the event loop. Replies of others
 * flow on in between, and so do new requests.
 */

import type { Steps } from '../pipeline/steps.ts';

/** Rejects with what the work throws. */
export type StepByStep = <Result>(work: Steps<Result>) => Promise<Result>;

/** The first step of work that nobody is ahead of is done at once. */
export function createStepByStep(): StepByStep {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(() => finish(work));
    last = result.then(turn, turn);
    return result;
  };
}

async function finish<Result>(work: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await turn();
  }
}

function turn(): Promise<unknown> {
  return new Promise(setImmediate);
}
