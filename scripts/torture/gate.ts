/** Lets many run together, or one alone. */

export interface Gate {
  together<Result>(run: () => Promise<Result>): Promise<Result>;
  alone<Result>(run: () => Promise<Result>): Promise<Result>;
}

export function createGate(): Gate {
  const running = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;
  return {
    together: async (run) => {
      while (closed) await closed;
      const present = run();
      running.add(present);
      try {
        return await present;
      } finally {
        running.delete(present);
      }
    },
    alone: async (run) => {
      while (closed) await closed;
      let open = () => {};
      closed = new Promise((resolve) => {
        open = resolve;
      });
      try {
        await Promise.allSettled(running);
        return await run();
      } finally {
        closed = undefined;
        open();
      }
    },
  };
}
