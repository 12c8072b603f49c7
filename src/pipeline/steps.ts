/**
 * Work that can be done a piece at a time: it yields wherever something else may have its turn, and a promise, which never rejects, where it
 * would rather go on once that has resolved. What it comes to does not depend on either.
 */

export type Steps<Result> = Generator<Promise<unknown> | undefined, Result>;

/** Work of one step. */
// biome-ignore lint/correctness/useYield: nothing comes between
export function* asStep<Result>(run: () => Result): Steps<Result> {
  return run();
}

/** All at once, whatever it would rather wait for. */
export function finish<Result>(work: Steps<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
