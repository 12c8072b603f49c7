/**
 * Bytes from the agent's PTY to the terminal, with back-pressure and without a lost tail. Node and node-pty both stop reading
 * once the agent is dead, whatever is unread; so a handle of our own on the slave keeps the PTY up, and the rest is read here.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Pty } from 'node-pty';

/** More than a kernel holds for one PTY: who still writes after that is not the agent we waited for. */
const MAXIMUM_TAIL = 4 << 20;

export interface PtyRelay {
  /** The outer terminal takes bytes again. */
  readonly onDrain: () => void;
  /** Takes over everything the agent has written so far, however slow the outer reader. */
  readonly readAll: () => Promise<void>;
  /** Closes the PTY: what still runs in it is hung up. */
  readonly close: () => void;
}

/** `write` hands on to the outer terminal; false: stop until `onDrain`. */
export function relayOutput(pty: Pty, write: (bytes: Uint8Array) => boolean): PtyRelay {
  const guard = holdSlave(pty);
  let isReadingAll = false;
  let isClosed = false;

  const pass = (chunk: Buffer | string) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!write(bytes) && !isReadingAll) pty.pause();
  };
  pty.on('data', pass);
  // Without a listener of ours node-pty throws what it does not know.
  pty.on('error', () => {});

  return {
    onDrain: () => {
      if (!isClosed) pty.resume();
    },
    readAll: async () => {
      if (isClosed || pty.fd < 0) return;
      isReadingAll = true;
      pty.resume();
      // First what the stream already holds, then what is left in the kernel.
      await new Promise(setImmediate);
      if (!isClosed) readTail(pty.fd, pass);
      isReadingAll = false;
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      pty.destroy();
      if (guard !== undefined) closeSync(guard);
    },
  };
}

// Between fork and the first turn of the event loop nothing has been read, so an agent that is already dead loses nothing either.
function holdSlave({ ptsName }: Pty): number | undefined {
  if (ptsName === undefined) return undefined;
  try {
    return openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}

// The descriptor does not block, and it has nothing more only when the kernel has handed over all that was written.
function readTail(descriptor: number, pass: (chunk: Buffer) => void): void {
  for (let total = 0; total < MAXIMUM_TAIL; ) {
    const chunk = Buffer.allocUnsafe(65_536);
    try {
      const length = readSync(descriptor, chunk);
      if (length === 0) return;
      total += length;
      pass(chunk.subarray(0, length));
    } catch {
      return;
    }
  }
}
