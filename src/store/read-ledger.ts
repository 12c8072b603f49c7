/** Reads the ledger's lines, oldest file first. What cannot be read is left out and counted, never guessed. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { type LedgerLine, ledgerFiles, lineStart } from './ledger.ts';

export interface SkippedLines {
  /** The end of a file: a line that is being written, or whose process was killed. */
  unfinished: number;
  /** Cut short or damaged. */
  broken: number;
  /** Of a newer version of the ledger. */
  newer: number;
}

export interface LedgerReading {
  readonly lines: number;
  readonly skipped: Readonly<SkippedLines>;
  /** One line for each file that could not be read. */
  readonly errors: readonly string[];
}

/** Hands out one line after the other; one file at a time is in memory. Never throws of itself. */
export function readLedger(folder: string, onLine: (line: LedgerLine) => void): LedgerReading {
  const skipped = { unfinished: 0, broken: 0, newer: 0 };
  const errors: string[] = [];
  let lines = 0;
  for (const file of find(folder, errors)) lines += readLines(read(file, errors), onLine, skipped);
  return { lines, skipped, errors };
}

/** The lines of a text; says how many they were, and counts what is none. */
export function readLines(text: string, onLine: (line: LedgerLine) => void, skipped: SkippedLines): number {
  let lines = 0;
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const piece = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
    const { line, isNewer, isAfterBroken } = readPiece(piece);
    if (isAfterBroken) skipped.broken++;
    if (line) {
      lines++;
      onLine(line);
    } else if (isNewer) skipped.newer++;
    else if (end < 0) skipped.unfinished++;
    else if (piece !== '') skipped.broken++;
  }
  return lines;
}

interface Piece {
  readonly line: LedgerLine | undefined;
  readonly isNewer: boolean;
  /** The piece begins with a line that was cut short. */
  readonly isAfterBroken: boolean;
}

function readPiece(piece: string): Piece {
  const at = piece.lastIndexOf(lineStart);
  const value = parse(at > 0 ? piece.slice(at) : piece);
  const version = (value as { v?: unknown } | null | undefined)?.v;
  const line = isLine(value) ? value : undefined;
  return { line, isNewer: typeof version === 'number' && version > 1, isAfterBroken: at > 0 && line !== undefined };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What every reader builds on; the file is ours alone, and what parses was written by us. */
function isLine(value: unknown): value is LedgerLine {
  if (typeof value !== 'object' || value === null) return false;
  const { v, time, first, carried, bytes } = value as Partial<Record<keyof LedgerLine, unknown>>;
  const isRecord = (part: unknown) => typeof part === 'object' && part !== null;
  return v === 1 && typeof time === 'string' && !Number.isNaN(Date.parse(time)) && [first, carried, bytes].every(isRecord);
}

function find(folder: string, errors: string[]): readonly string[] {
  try {
    return ledgerFiles(folder);
  } catch (thrown) {
    errors.push(messageOf(thrown));
    return [];
  }
}

function read(file: string, errors: string[]): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    // Another process began a new file meanwhile and removed the oldest.
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') errors.push(messageOf(thrown));
    return '';
  }
}
