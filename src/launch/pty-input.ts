/**
 * Bytes from the terminal to the agent's PTY. Not through node-pty: where the PTY is full, as after a big paste, libuv tries again
 * without ever coming back, and the agent, whose output nobody reads meanwhile, never makes room.
 */
import { writeSync } from 'node:fs';
import type { Pty } from 'node-pty';

/** Nothing tells us when a full PTY has room, so we look. */
const LOOK_AGAIN_MS = 4;

export interface PtyInput {
  /** True: take no more until `onRoom`. */
  readonly write: (bytes: Buffer) => boolean;
  /** What is not written yet never will be. */
  readonly close: () => void;
}

export function relayInput(pty: Pty, onRoom: () => void): PtyInput {
  let unwritten: Buffer[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const write = () => {
    timer = undefined;
    for (let [bytes] = unwritten; bytes; [bytes] = unwritten) {
      const length = writeSome(pty.fd, bytes);
      if (length === bytes.length) unwritten.shift();
      else {
        unwritten[0] = bytes.subarray(length);
        timer = setTimeout(write, LOOK_AGAIN_MS);
        return;
      }
    }
    onRoom();
  };

  return {
    write: (bytes) => {
      if (isClosed) return false;
      if (pty.fd < 0) {
        pty.write(bytes);
        return false;
      }
      unwritten.push(bytes);
      if (timer === undefined) write();
      return unwritten.length > 0;
    },
    close: () => {
      isClosed = true;
      unwritten = [];
      clearTimeout(timer);
    },
  };
}

// The descriptor does not block. Anything but a full PTY means that there is nobody to read.
function writeSome(descriptor: number, bytes: Buffer): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : bytes.length;
  }
}
