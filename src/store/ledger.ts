/**
 * The ledger: one line of JSON per request, appended to numbered files. It holds figures and names, no content and no secrets.
 * Lines of several processes do not mix: each is one write in append mode, and there is nothing to lock. Reading is `read-ledger.ts`'s.
 */
import { closeSync, fstatSync, mkdirSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { openOwnFile } from './own-file.ts';

/** One request. Tokens are o200k where they are ours, the provider's own where they are usage; bytes are those of bodies, decoded. */
export interface LedgerLine {
  /** Always 1, and the first member: with `time` after it, where a line begins can be seen behind one that was cut short. */
  readonly v: 1;
  /** When the request came, ISO 8601. */
  readonly time: string;
  readonly launch: string;
  readonly agent: string;
  /** Name of the project's folder, and a hash of its whole path. */
  readonly project: { readonly name: string; readonly id: string };
  /** Ours. */
  readonly version: string;
  readonly mode: 'shrink' | 'observe' | 'off';
  readonly profile: string;
  /** Host and port. */
  readonly upstream: string;
  readonly protocol: string | null;
  readonly kind: 'turn' | 'count' | 'other' | 'tool-output';
  readonly model: string | null;
  readonly outcome: 'answered' | 'aborted' | 'upstream-failed';
  readonly status: number | null;
  /** Sent once more with the originals, after a 400. */
  readonly retried: boolean;
  /** Why the body as a whole was left alone. */
  readonly untouched: string | null;
  readonly bytes: { readonly received: number; readonly sent: number };
  readonly usage: LedgerUsage | null;
  /** Tokens that were written to the prompt cache once more because we changed what had been sent; estimated, absent where none were. */
  readonly rewritten?: number;
  /** Set where the provider certainly held nothing of the conversation: why, and its old results as they went out last and as they went then. */
  readonly cold?: { readonly why: 'idle' | 'model'; readonly before: number; readonly after: number };
  /** Set where the usage showed that a lever had made the provider write again what it had: which. */
  readonly tripped?: string;
  /** Paid by the month, not by the token. Absent in lines of older versions. */
  readonly bySubscription?: boolean;
  /** Results that this request sent for the first time, and those that an earlier one had sent. While observing: as they would have gone. */
  readonly first: ResultSums;
  readonly carried: ResultSums;
  /**
   * The heaviest of `first`, and of those rewritten at a cold cache, one by one, in order; those too small to be counted are not among them.
   * Absent in lines of older versions.
   */
  readonly blocks?: readonly LedgerBlock[];
  /** Milliseconds of our own work. */
  readonly addedMs: number;
}

interface LedgerUsage {
  readonly fresh: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly output: number;
}

interface TokenChange {
  readonly results: number;
  readonly before: number;
  readonly after: number;
}

export interface ResultSums extends TokenChange {
  readonly byKind: Readonly<Record<string, TokenChange>>;
  /** Tokens removed. */
  readonly byLever: Readonly<Record<string, number>>;
  /** Results that went out as they came, by reason; small ones were never counted and have 0 tokens. */
  readonly leftAlone: Readonly<Record<string, { readonly results: number; readonly tokens: number }>>;
}

/** One result. Tokens are o200k. */
export interface LedgerBlock {
  readonly tool: string | null;
  readonly kind: string;
  /** Null: it went out as it came, and `reason` says why. */
  readonly form: 'invertible' | 'same-to-the-eye' | 'excerpt' | null;
  readonly reason?: string;
  /** True where an earlier request had sent it in another form, at a time that is over: see `cold`. */
  readonly again?: true;
  readonly before: number;
  readonly after: number;
  /** Tokens removed. */
  readonly levers?: Readonly<Record<string, number>>;
  /** Of an excerpt: the name of its original, the first 16 hex digits of its hash. */
  readonly original?: string;
  /** Of what went out smaller: the first 16 hex digits of the messages' part of its chain key, by which its decision is found. */
  readonly key?: string;
}

/** Stands at the beginning of every line, and nowhere else: within a string of JSON its quotes would be escaped. */
export const lineStart = '{"v":1,"time":"';

export interface Ledger {
  /** Never throws. */
  append(line: LedgerLine): void;
  /** Throws, once, what kept lines from being written. */
  close(): void;
}

export interface LedgerLimits {
  /** Bytes after which the next file is begun. */
  readonly mostBytes: number;
  readonly mostFiles: number;
}

const usualLimits: LedgerLimits = { mostBytes: 16 * 1024 * 1024, mostFiles: 8 };

/** Nothing is made before the first line. */
export function openLedger(folder: string, limits: LedgerLimits = usualLimits): Ledger {
  let file: number | undefined;
  let failed = 0;
  let reason = '';
  const letGo = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    append: (line) => {
      try {
        if (file !== undefined && !takesMore(file, limits)) letGo();
        file ??= openLast(folder, limits);
        const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
        // The rest of a line that did not go in at once is not sent after it: another process may have written meanwhile.
        if (writeSync(file, bytes) < bytes.length) throw new Error('the disk is full');
      } catch (thrown) {
        failed++;
        reason ||= messageOf(thrown);
      }
    },
    close: () => {
      letGo();
      const count = failed;
      failed = 0;
      if (count > 0) throw new Error(`${count} of this launch's requests ${count === 1 ? 'is' : 'are'} not in it: ${reason}`);
    },
  };
}

/** The ledger's files, the oldest first. Throws where the folder is there and cannot be read. */
export function ledgerFiles(folder: string): readonly string[] {
  return numbersIn(folder).map((number) => join(folder, nameOf(number)));
}

/** Takes the whole ledger away and says how much that was; running launches begin a new one. */
export function removeLedger(folder: string): { readonly files: number; readonly bytes: number } {
  let [files, bytes] = [0, 0];
  for (const path of ledgerFiles(folder)) {
    const size = sizeOf(path);
    rmSync(path, { force: true });
    files++;
    bytes += size;
  }
  return { files, bytes };
}

// Gone from its folder, it would take lines that nobody finds.
function takesMore(file: number, { mostBytes }: LedgerLimits): boolean {
  const { size, nlink } = fstatSync(file);
  return size < mostBytes && nlink > 0;
}

/** Processes that come here at once agree without talking: the last file while it has room, else the number after it. */
function openLast(folder: string, { mostBytes, mostFiles }: LedgerLimits): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const numbers = numbersIn(folder);
  const last = numbers.at(-1) ?? 1;
  const number = numbers.length === 0 || sizeOf(join(folder, nameOf(last))) < mostBytes ? last : last + 1;
  const file = openOwnFile(join(folder, nameOf(number)));
  for (const old of numbers.filter((each) => each <= number - mostFiles)) rmSync(join(folder, nameOf(old)), { force: true });
  return file;
}

const namePattern = /^ledger-(\d{6,})\.jsonl$/;

export function isLedgerFile(name: string): boolean {
  return namePattern.test(name);
}

function numbersIn(folder: string): readonly number[] {
  const numbers = listNames(folder).flatMap((name) => namePattern.exec(name)?.[1] ?? []);
  return numbers.map(Number).sort((one, other) => one - other);
}

function nameOf(number: number): string {
  return `ledger-${String(number).padStart(6, '0')}.jsonl`;
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
