/**
 * Removes originals that are old or too many, never one that a launch uses. Needs no lock: a file is put aside by its name first, and
 * comes back if a launch turns out to use it.
 */
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asidePrefix, isOriginalName, writingPrefix } from './originals.ts';

export interface SweepLimits {
  /** Days since an original was last kept. */
  readonly mostDays: number;
  /** Bytes of all originals; those kept longest ago go first. */
  readonly mostBytes: number;
}

export const usualLimits: SweepLimits = { mostDays: 30, mostBytes: 1024 ** 3 };

export interface Sweep {
  readonly limits: SweepLimits;
  /** The names in use, read again whenever it matters. */
  readonly readUsed: () => ReadonlySet<string>;
  /** Ends the sweep early; what was begun is finished. */
  readonly signal?: AbortSignal;
}

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

export interface Swept {
  readonly removed: Amount;
  /** What is still there, and the part of it that is in use. */
  readonly left: Amount;
  readonly used: Amount;
}

/** Never rejects; what cannot be removed counts as left. */
export async function sweepOriginals(folder: string, { limits, readUsed, signal }: Sweep): Promise<Swept> {
  const present = await list(folder, signal);
  const used = readUsed();
  const now = Date.now();
  await removeUnfinished(folder, present.others, now);
  const victims = choose(present.originals, used, limits, now);
  const removed: Entry[] = [];
  for (let at = 0; at < victims.length && !signal?.aborted; at += atOnce) {
    removed.push(...(await remove(folder, victims.slice(at, at + atOnce), readUsed)));
  }
  const gone = new Set(removed);
  const left = present.originals.filter((entry) => !gone.has(entry));
  return { removed: sum(removed), left: sum(left), used: sum(left.filter(({ name }) => used.has(name))) };
}

interface Entry {
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly keptAt: number;
  /** True where an earlier sweep put it aside and did not come to its end. */
  readonly isAside: boolean;
}

/** Few enough that a file which comes back is away for a moment only. */
const atOnce = 32;
const hour = 3_600_000;

async function list(folder: string, signal: AbortSignal | undefined): Promise<{ originals: readonly Entry[]; others: readonly string[] }> {
  const names = await readdir(folder).catch(() => []);
  const originals: Entry[] = [];
  for (const fileName of names) {
    if (signal?.aborted) break;
    const isAside = fileName.startsWith(asidePrefix);
    const name = isAside ? fileName.slice(asidePrefix.length) : fileName;
    if (!isOriginalName(name)) continue;
    const found = await lstat(join(folder, fileName)).catch(() => undefined);
    if (found?.isFile()) originals.push({ name, bytes: found.size, keptAt: found.mtimeMs, isAside });
  }
  return { originals, others: names.filter((name) => name.startsWith(writingPrefix)) };
}

/** What a killed process was writing. */
async function removeUnfinished(folder: string, names: readonly string[], now: number): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found && now - found.mtimeMs > hour) await rm(path, { force: true }).catch(() => {});
  }
}

function choose(originals: readonly Entry[], used: ReadonlySet<string>, limits: SweepLimits, now: number): readonly Entry[] {
  const oldestFirst = originals.toSorted((one, other) => one.keptAt - other.keptAt || (one.name < other.name ? -1 : 1));
  let bytes = sum(originals).bytes;
  return oldestFirst.filter(({ name, bytes: size, keptAt, isAside }) => {
    const isTooMuch = bytes > limits.mostBytes;
    const isOld = now - keptAt > limits.mostDays * 24 * hour;
    // What is aside is looked at again in any case, and comes back where it is in use.
    const goes = isAside || (!used.has(name) && (isTooMuch || isOld));
    if (goes) bytes -= size;
    return goes;
  });
}

/** The entries that are gone for good. */
async function remove(folder: string, entries: readonly Entry[], readUsed: () => ReadonlySet<string>): Promise<readonly Entry[]> {
  const aside: Entry[] = [];
  for (const entry of entries) {
    if (entry.isAside || (await succeeds(rename(join(folder, entry.name), join(folder, asidePrefix + entry.name))))) aside.push(entry);
  }
  // Whoever looked before a file was put aside had told its use by then; whoever looks now finds none and writes it anew.
  const used = readUsed();
  const gone: Entry[] = [];
  for (const entry of aside) {
    const path = join(folder, asidePrefix + entry.name);
    if (used.has(entry.name)) await succeeds(rename(path, join(folder, entry.name)));
    else if (await succeeds(rm(path))) gone.push(entry);
  }
  return gone;
}

async function succeeds(step: Promise<void>): Promise<boolean> {
  return step.then(
    () => true,
    () => false,
  );
}

function sum(entries: readonly Entry[]): Amount {
  return { files: entries.length, bytes: entries.reduce((total, { bytes }) => total + bytes, 0) };
}
