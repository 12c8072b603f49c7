/** How much time has certainly passed, whatever one of the clocks says, and whether what was used has certainly expired. */
import type { ClockReading } from '../store/decisions.ts';

/** A use of the provider's cache. */
export interface CacheUse extends ClockReading {
  /** Seconds for which it may keep what was used. */
  readonly life: number;
  /** What our own clocks said when we learned of it. */
  readonly learned: ClockReading;
}

/** Seconds beyond a life: requests of half a minute later have been seen to find what should have been gone. */
export const margin = 60;
/** Seconds by which the same start of a machine may be read differently. */
const jitter = 60;

/** Seconds that have certainly passed since a reading of our own; below zero where a clock ran backwards. */
function certainlyPassed(since: ClockReading, now: ClockReading): number {
  const wall = (now.time - since.time) / 1000;
  const up = now.up - since.up;
  // A machine that has not been up for so long has started anew since: it was up for all of this.
  return Math.min(wall, up >= 0 ? up : up > -jitter ? 0 : now.up);
}

export function hasExpired(use: CacheUse, now: ClockReading): boolean {
  // Another machine's clock may say anything: what is certain is how long we have known.
  return certainlyPassed(use.host === now.host ? use : use.learned, now) > use.life + margin;
}

/** One use in place of two on the same machine: whatever has not expired since one of them has not since this. The later line comes second. */
export function mergeUses(one: CacheUse, other: CacheUse): CacheUse {
  const isRestarted = other.up < one.up - jitter;
  return { ...other, time: Math.max(one.time, other.time), up: isRestarted ? other.up : Math.max(one.up, other.up) };
}
