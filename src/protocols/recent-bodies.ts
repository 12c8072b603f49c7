/**
 * Remembers the last few bodies and what was read from them, so that a request that extends one is read from where it differs.
 * It saves time and changes no result: what is remembered is found again by its bytes alone.
 */

interface Remembered<Reading> {
  readonly reading: Reading;
  /** As many bytes at the start are the same. */
  readonly shared: number;
}

export interface RecentBodies<Reading> {
  /** The reading whose body shares most with this one. */
  find(body: Buffer): Remembered<Reading> | undefined;
  /** The body must not be written to from here on. A reading that it `replaces` is forgotten. */
  remember(body: Buffer, reading: Reading, replaces: Reading | undefined): void;
}

const mostBodies = 8;
const mostBytes = 32 * 1024 * 1024;
const step = 64 * 1024;

export function createRecentBodies<Reading>(): RecentBodies<Reading> {
  /** The latest last. */
  let entries: { readonly body: Buffer; readonly reading: Reading }[] = [];
  return {
    find(body) {
      let best: Remembered<Reading> | undefined;
      for (const entry of entries) {
        const shared = sharedLength(entry.body, body);
        if (shared > (best?.shared ?? 0)) best = { reading: entry.reading, shared };
      }
      return best;
    },
    remember(body, reading, replaces) {
      if (body.length > mostBytes) return;
      entries = entries.filter((entry) => entry.reading !== replaces).slice(1 - mostBodies);
      entries.push({ body, reading });
      while (entries.reduce((sum, entry) => sum + entry.body.length, 0) > mostBytes) entries.shift();
    },
  };
}

function sharedLength(one: Buffer, other: Buffer): number {
  const most = Math.min(one.length, other.length);
  let from = 0;
  while (from + step <= most && isSame(one, other, from, from + step)) from += step;
  // The first difference is within the next step: halve it.
  let to = Math.min(from + step, most);
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (isSame(one, other, from, middle)) from = middle;
    else to = middle - 1;
  }
  return from;
}

function isSame(one: Buffer, other: Buffer, from: number, to: number): boolean {
  return one.compare(other, from, to, from, to) === 0;
}
