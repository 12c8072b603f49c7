/**
 * Writes to the person: stderr, by the file descriptor. Not by `process.stderr`: on a pipe that would switch the agent's own end
 * of it to non-blocking.
 */
import { writeSync } from 'node:fs';

/** Writes whole lines; a terminal or pipe that is gone, or full for longer than a second, is given up. */
export function say(text: string): void {
  const bytes = Buffer.from(text.endsWith('\n') ? text : `${text}\n`);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let written = 0;
  for (let attempts = 0; written < bytes.length && attempts < 200; ) {
    try {
      written += writeSync(2, bytes, written);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      attempts++;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}
