/** Reads a ledger that grows: what is there first, and then what came since. For readers that stay, such as the page. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { type LedgerLine, ledgerFiles } from './ledger.ts';
import { readLines, type SkippedLines } from './read-ledger.ts';

export interface LedgerFollower {
  /**
   * Hands out the finished lines that it has not handed out yet. Where a file of them is gone (the oldest, or all by `headroom clean`),
   * it says so first and begins anew. Never throws of itself.
   */
  next(onLine: (line: LedgerLine) => void, onRestart: () => void): Following;
}

interface Following {
  readonly lines: number;
  /** Of all lines since the last beginning. */
  readonly skipped: Readonly<SkippedLines>;
  /** One line for each file that cannot be read now. */
  readonly errors: readonly string[];
}

interface Known {
  readonly inode: number;
  /** Bytes that were handed out: whole lines. */
  position: number;
}

export function followLedger(folder: string): LedgerFollower {
  const known = new Map<string, Known>();
  let skipped = none();
  return {
    next: (onLine, onRestart) => {
      const errors: string[] = [];
      const opened = openFiles(folder, errors);
      try {
        const isSame = (path: string, { inode, position }: Known) =>
          opened.some((file) => file.path === path && file.inode === inode && file.size >= position);
        if (errors.length === 0 && [...known].some(([path, file]) => !isSame(path, file))) {
          known.clear();
          skipped = none();
          onRestart();
        }
        let lines = 0;
        for (const { path, file, inode, size } of opened) {
          const at = known.get(path) ?? { inode, position: 0 };
          known.set(path, at);
          const text = readFrom(file, at.position, size);
          at.position += text.length;
          lines += readLines(text.toString(), onLine, skipped);
        }
        return { lines, skipped: { ...skipped }, errors };
      } finally {
        for (const { file } of opened) closeSync(file);
      }
    },
  };
}

interface Opened {
  readonly path: string;
  readonly file: number;
  readonly inode: number;
  readonly size: number;
}

function openFiles(folder: string, errors: string[]): readonly Opened[] {
  const opened: Opened[] = [];
  try {
    for (const path of ledgerFiles(folder)) {
      try {
        const file = openSync(path, 'r');
        const { ino, size } = fstatSync(file);
        opened.push({ path, file, inode: ino, size });
      } catch (thrown) {
        // The oldest, removed since the folder was listed.
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') errors.push(messageOf(thrown));
      }
    }
  } catch (thrown) {
    errors.push(messageOf(thrown));
  }
  return opened;
}

/** Whole lines: what follows the last line's end is still being written. */
function readFrom(file: number, position: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, size - position));
  let length = 0;
  for (let got = -1; got !== 0 && length < bytes.length; length += got)
    got = readSync(file, bytes, length, bytes.length - length, position + length);
  return bytes.subarray(0, bytes.subarray(0, length).lastIndexOf(0x0a) + 1);
}

function none(): SkippedLines {
  return { unfinished: 0, broken: 0, newer: 0 };
}
