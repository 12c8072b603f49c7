/** Waiting for what nothing announces, and asking after processes. */
import { readFileSync } from 'node:fs';

/** Waits for a condition that nothing announces; the test's own time limit is the only limit. */
export async function waitUntil<Value>(look: () => Value | undefined | false): Promise<Value> {
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The only child of a process, where there is /proc; waits for it to appear. */
export function onlyChild(pid: number): Promise<number> {
  return waitUntil(() => Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10) || undefined);
}

/** Whether a process is there, dead or alive. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
