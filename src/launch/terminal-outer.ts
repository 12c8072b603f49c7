/**
 * The terminal the person sits at: taken over as a bare pipe of bytes, given back as it was. Writes do not block, so a reader
 * that has stopped cannot stop our signals; what is not out yet is in memory.
 */
import type { ReadStream, WriteStream } from 'node:tty';
import { runStty, type TerminalShape } from './terminal-spawn.ts';

export interface OuterTerminal {
  readonly shape: () => TerminalShape;
  /** Bytes pass both ways untouched from here on. */
  readonly makeRaw: () => void;
  /** The state before the first `makeRaw`. */
  readonly restore: () => void;
  /** False: stop until `onDrain`. */
  readonly write: (bytes: Uint8Array | string) => boolean;
  /** What is typed stays where it is until `goOnReading`. */
  readonly stopReading: () => void;
  readonly goOnReading: () => void;
  /** Resolves when every byte is out, or can no longer be. */
  readonly flushed: () => Promise<void>;
  /** Nothing is read from it or written to it any more. */
  readonly abandon: () => void;
  readonly release: () => void;
}

export interface OuterListeners {
  readonly onInput: (bytes: Buffer) => void;
  readonly onDrain: () => void;
  /** The terminal went away. */
  readonly onGone: () => void;
}

export interface TerminalStreams {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

export function takeTerminal(
  listeners: OuterListeners,
  platform: NodeJS.Platform = process.platform,
  { input, output }: TerminalStreams = { input: process.stdin, output: process.stdout },
): OuterTerminal {
  const saved = platform === 'win32' ? undefined : runStty('-g');
  let isRaw = false;
  let isGone = false;
  let isReleased = false;
  let unwritten = 0;
  let waiting: (() => void)[] = [];

  // stty rather than Node's raw mode, which goes on turning LF into CRLF; -iexten because BSDs eat ^V and ^O with it.
  const makeRaw = () => {
    if (isGone || isReleased) return;
    isRaw = true;
    if (saved === undefined || runStty('raw', '-echo', '-iexten') === undefined) input.setRawMode(true);
    setBlocking(input, false);
    setBlocking(output, false);
  };
  const restore = () => {
    if (isGone || !isRaw) return;
    isRaw = false;
    if (saved === undefined || runStty(saved) === undefined) input.setRawMode(false);
  };
  const wake = () => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const abandon = () => {
    isGone = true;
    wake();
  };
  const onGone = () => {
    if (isGone) return;
    abandon();
    listeners.onGone();
  };
  const onWritten = () => {
    unwritten -= 1;
    if (unwritten === 0) wake();
  };

  input.on('data', listeners.onInput).on('end', onGone).on('error', onGone).resume();
  output.on('drain', listeners.onDrain).on('error', onGone);
  // The last resort for an exception of our own.
  process.once('exit', restore);

  return {
    shape: () => ({ columns: output.columns || 80, rows: output.rows || 24, modes: saved ?? '' }),
    makeRaw,
    restore,
    write: (bytes) => {
      if (isGone) return true;
      unwritten += 1;
      return output.write(bytes, onWritten);
    },
    stopReading: () => input.pause(),
    goOnReading: () => {
      if (!isGone && !isReleased) input.resume();
    },
    flushed: () => (isGone || unwritten === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    abandon,
    release: () => {
      isReleased = true;
      restore();
      process.removeListener('exit', restore);
      input.removeListener('data', listeners.onInput).removeListener('end', onGone).pause();
      output.removeListener('drain', listeners.onDrain);
      if (isGone) return;
      input.removeListener('error', onGone);
      output.removeListener('error', onGone);
      setBlocking(output, true);
    },
  };
}

/** Node opens terminals for blocking writes, and only the handle below the stream can change that; without it writes block. */
function setBlocking(stream: ReadStream | WriteStream, isBlocking: boolean): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (isBlocking: boolean) => unknown } };
  handle?.setBlocking?.(isBlocking);
}
