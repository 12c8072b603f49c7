/** Work that can be done a piece at a time: it yields wherever something else may have its turn. What it comes to does not depend on that. */

export type Steps<Result> = Generator<undefined, Result>;

/** Work of one step. */
// biome-ignore lint/correctness/useYield: nothing comes between
export function* asStep<Result>(run: () => Result): Steps<Result> {
  return run();
}

/** All at once. */
export function finish<Result>(work: Steps<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
