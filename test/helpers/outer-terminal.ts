/** A terminal with nobody in front of it: runs a command in a PTY, keeps every byte that comes out, types, resizes, reads slowly, hangs up. */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { constants as system } from 'node:os';
import { type Pty, spawn } from 'node-pty';

export interface TerminalOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** How long to stop reading once this many bytes have come; undefined: read on. */
  readonly pauseAfter?: (total: number) => number | undefined;
}

interface TerminalEnd {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export interface OuterTerminal {
  readonly pid: number;
  /** Settles when the command is gone and everything it wrote has been read. */
  readonly ended: Promise<TerminalEnd>;
  output(): Buffer;
  text(): string;
  type(bytes: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  stopReading(): void;
  goOnReading(): void;
  /** Resolves when the output after `from` holds the text, with the offset behind it. */
  waitFor(text: string, from?: number): Promise<number>;
  hangUp(): void;
}

export function openTerminal(command: string, args: readonly string[], options: TerminalOptions = {}): OuterTerminal {
  const environment = { ...asOnAPersonsMachine(process.env as Record<string, string>), TERM: 'xterm-256color', ...options.environment };
  const pty = spawn(command, [...args], {
    name: 'xterm-256color',
    cols: options.columns ?? 80,
    rows: options.rows ?? 24,
    cwd: options.cwd ?? process.cwd(),
    env: environment,
    encoding: null,
  });
  // As in src/launch: the library would destroy its socket 200 ms after the end, and the kernel's last bytes with it.
  Object.assign(pty, { _emittedClose: true });
  const guard = openSync(pty.ptsName as string, constants.O_RDWR | constants.O_NOCTTY);
  const chunks: Buffer[] = [];
  const listeners = new Set<() => void>();
  let total = 0;
  let isOpen = true;
  let isEnded = false;

  const take = (chunk: Buffer | string) => {
    chunks.push(chunk as Buffer);
    total += chunk.length;
    for (const listener of listeners) listener();
    const pause = isEnded ? undefined : options.pauseAfter?.(total);
    if (pause === undefined) return;
    pty.pause();
    setTimeout(() => isOpen && pty.resume(), pause);
  };
  const output = () => Buffer.concat(chunks);
  // The library's own write never comes back from a full PTY.
  let unwritten: Uint8Array = Buffer.alloc(0);
  const write = () => {
    if (!isOpen || unwritten.length === 0) return;
    try {
      unwritten = unwritten.subarray(writeSync(pty.fd, unwritten));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
    }
    if (unwritten.length > 0) setTimeout(write, 2);
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    pty.destroy();
    closeSync(guard);
  };

  pty.on('data', take);
  pty.on('error', () => {});
  const ended = new Promise<TerminalEnd>((resolve) => {
    pty.on('exit', async (code, signal) => {
      isEnded = true;
      pty.kill = () => {};
      if (isOpen) {
        pty.resume();
        await new Promise(setImmediate);
        readRest(pty, take);
        close();
      }
      for (const listener of listeners) listener();
      resolve(signal ? { code: undefined, signal: signalName(signal) } : { code, signal: undefined });
    });
  });

  return {
    pid: pty.pid,
    ended,
    output,
    text: () => output().toString('latin1'),
    type: (bytes) => {
      unwritten = Buffer.concat([unwritten, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes]);
      write();
    },
    resize: (columns, rows) => pty.resize(columns, rows),
    stopReading: () => pty.pause(),
    goOnReading: () => pty.resume(),
    waitFor: (text, from = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const at = output().indexOf(text, from, 'latin1');
          if (at < 0 && !isEnded) return;
          listeners.delete(look);
          if (at >= 0) resolve(at + text.length);
          else reject(new Error(`ended without ${JSON.stringify(text)}: ${JSON.stringify(output().toString('latin1').slice(from))}`));
        };
        listeners.add(look);
        look();
      }),
    hangUp: close,
  };
}

/** A build machine's switches decide whether there is colour, and what an npm above the tests was told is no business of an npx in them. */
function asOnAPersonsMachine(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(CI|NO_COLOR|FORCE_COLOR|npm_.*)$/.test(name)));
}

function readRest(pty: Pty, take: (chunk: Buffer) => void): void {
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    try {
      const length = readSync(pty.fd, chunk);
      if (length === 0) return;
      take(chunk.subarray(0, length));
    } catch {
      return;
    }
  }
}

function signalName(number: number): NodeJS.Signals {
  return Object.entries(system.signals).find(([, value]) => value === number)?.[0] as NodeJS.Signals;
}
