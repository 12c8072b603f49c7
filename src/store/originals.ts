/**
 * Originals: text by hash, in plain files that an agent can read. A file's name is the first 16 hex digits of the SHA-256 of its bytes,
 * so every reader can tell whether it still holds what was kept. Nothing here throws: what could not be kept is told, with the reason.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Marks } from './marks.ts';

export type Kept =
  | { readonly isKept: true; readonly name: string; readonly path: string }
  /** Why, in a few words that name no path. */
  | { readonly isKept: false; readonly reason: string };

/** `damaged`: the file no longer holds the bytes it is named after. */
export type Found =
  | { readonly state: 'found'; readonly bytes: Buffer; readonly path: string }
  | { readonly state: 'missing' | 'damaged' | 'unreadable'; readonly path: string; readonly message: string };

export interface Originals {
  /** Puts a text on disk, or finds it there; whoever leaves part of it out does so only if it is kept. */
  keep(text: string): Kept;
}

export interface OriginalsOptions {
  /** Where the use of an original is told to those who sweep. */
  readonly marks?: Marks;
  /** All hex digits of a hash; for tests, which cannot find two texts that share 16. */
  readonly hash?: (bytes: Buffer) => string;
}

const nameLength = 16;
const namePattern = /^[0-9a-f]{16}$/;
/** Beginning of the names of files that are being written, and of files that a sweep has put aside. */
export const writingPrefix = '.writing-';
export const asidePrefix = '.aside-';

/** The folder is made when there is something to put into it. */
export function openOriginals(folder: string, { marks, hash = sha256 }: OriginalsOptions = {}): Originals {
  return {
    keep: (text) => {
      // Half a surrogate pair has no bytes in UTF-8: what came back would not be what was kept.
      if (/\p{Surrogate}/u.test(text)) return refuse('holds half a character');
      const bytes = Buffer.from(text);
      const name = hash(bytes).slice(0, nameLength);
      const path = join(folder, name);
      try {
        readyFolder(folder);
        // Told before we look: a sweep that puts the file aside after we looked finds it told and puts it back.
        marks?.add(name);
        if (!touchSame(path, bytes, hash)) write(folder, name, bytes);
        return { isKept: true, name, path };
      } catch (thrown) {
        return refuse(thrown instanceof Refusal ? thrown.message : reasonOf(thrown));
      }
    },
  };
}

/** Reads an original and compares it with its name. */
export function findOriginal(folder: string, name: string): Found {
  const path = join(folder, name);
  try {
    const bytes = readFileSync(path);
    if (isNameOf(name, bytes)) return { state: 'found', bytes, path };
    return { state: 'damaged', path, message: 'the file is not what was kept' };
  } catch (thrown) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(codeOf(thrown) ?? '');
    return { state: isMissing ? 'missing' : 'unreadable', path, message: messageOf(thrown) };
  }
}

/** An original, from the first of these folders that has it unharmed; undefined where none has. */
export function findOriginalIn(folders: readonly string[], name: string): Extract<Found, { state: 'found' }> | undefined {
  for (const folder of folders) {
    const found = findOriginal(folder, name);
    if (found.state === 'found') return found;
  }
  return undefined;
}

/** Where an original would be kept. */
export function originalPath(folder: string, text: string): string {
  return join(folder, originalName(text));
}

export function originalName(text: string): string {
  return sha256(Buffer.from(text)).slice(0, nameLength);
}

/** The name of the original with this hash, which may be cut after 16 digits; undefined for fewer, and for what is no hash. */
export function nameOfHash(hash: string): string | undefined {
  return /^[0-9a-f]{16,64}$/i.test(hash) ? hash.slice(0, nameLength).toLowerCase() : undefined;
}

/** Whether a file name is an original's. */
export function isOriginalName(name: string): boolean {
  return namePattern.test(name);
}

/** Whether a file in their folder is one of them, or on its way to or from being one. */
export function isOriginalFile(fileName: string): boolean {
  return isOriginalName(fileName.replace(asidePrefix, '')) || /^\.writing-[0-9a-f]{16}-\d+-[0-9a-f]{8}$/.test(fileName);
}

function isNameOf(name: string, bytes: Buffer): boolean {
  return sha256(bytes).startsWith(name);
}

class Refusal extends Error {}

function refuse(reason: string): Kept {
  return { isKept: false, reason };
}

/** Ours alone: made 0700, brought back to it, and not somebody else's. */
export function readyFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(folder);
  if (process.getuid && uid !== process.getuid()) throw new Refusal('the folder belongs to somebody else');
  if (process.platform !== 'win32' && mode & 0o077) chmodSync(folder, 0o700);
}

/** True where the file is there with these bytes: its time is set to now, for the sweep that goes by age. */
function touchSame(path: string, bytes: Buffer, hash: (bytes: Buffer) => string): boolean {
  try {
    const present = readFileSync(path);
    if (!present.equals(bytes)) {
      // Damaged files are written anew. A file that is what its name says is another text's original.
      if (hash(present).startsWith(hash(bytes).slice(0, nameLength))) throw new Refusal('another original has the same name');
      return false;
    }
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}

/** Under another name first: whoever finds the file finds all of it. Not forced to the disk: a power cut can leave it damaged, which is told. */
function write(folder: string, name: string, bytes: Buffer): void {
  const temporary = join(folder, `${writingPrefix}${name}-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    } finally {
      closeSync(file);
    }
    rename(temporary, join(folder, name), bytes);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

// Windows refuses to replace a file that somebody reads: then they have it, and it is the same.
function rename(from: string, to: string, bytes: Buffer): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!isSame(to, bytes)) throw thrown;
    rmSync(from, { force: true });
  }
}

function isSame(path: string, bytes: Buffer): boolean {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false;
  }
}

/** The same few words for the same trouble, whatever the path. */
function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown) ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  if (['EROFS', 'EACCES', 'EPERM'].includes(code)) return 'the folder cannot be written';
  if (['ENOTDIR', 'ENOENT', 'EEXIST'].includes(code)) return 'the folder cannot be made';
  return code || messageOf(thrown);
}

function codeOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException | undefined)?.code;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
