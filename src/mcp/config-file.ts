/**
 * An agent's file with our server in it, and without: a backup beside it, written whole or not at all, and given back byte for byte where
 * nothing else has changed since.
 */
import { chmodSync, lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure, messageOf } from '../errors.ts';
import { listNames } from '../store/list-names.ts';
import { foldersMadeWith, removeEmpty } from '../store/made-with.ts';
import { type Spelling, serverName } from './agents.ts';
import { cutJson, EditError, putJson, readJson } from './edit-json.ts';
import { cutToml, putToml, readToml } from './edit-toml.ts';

export interface Change {
  readonly file: string;
  /** Undefined: there is, or will be, no such file. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** What stood there before us, to be kept beside it; absent where we are taken out. */
  readonly kept?: { readonly text: string | undefined };
}

type Keyed = Pick<Spelling, 'format' | 'keys'>;

/** What stands there under our name; a `Failure` where the file makes no sense. */
export function readEntry(file: string, spelling: Keyed): unknown {
  return editing(file, () => entryIn(readText(file) ?? '', spelling));
}

/** The file with this entry. An earlier one of ours is taken out first, so that the backup never holds it. */
export function planPut(file: string, spelling: Keyed, entry: object, isOurs: (entry: unknown) => boolean): Change {
  return editing(file, () => {
    const before = readText(file);
    const base = isOurs(entryIn(before ?? '', spelling)) ? withoutEntry(file, before, spelling) : before;
    return { file, before, after: putInto(base ?? '', spelling, entry), kept: { text: base } };
  });
}

/** The file as it was before us, or, where something else has changed, without our entry alone. */
export function planCut(file: string, spelling: Keyed): Change {
  return editing(file, () => {
    const before = readText(file);
    return { file, before, after: withoutEntry(file, before, spelling) };
  });
}

/** Carries a change out; a `Failure` where the file cannot be written, or was changed meanwhile. */
export function carryOut({ file, before, after, kept }: Change): void {
  try {
    if (readText(file) !== before) throw new Failure('file-changed', `${file} changed meanwhile`, 'Try once more.');
    const mode = modeOf(file);
    if (kept?.text !== undefined) write(backupOf(file), kept.text, mode);
    if (after === undefined) {
      const made = foldersMadeWith(file);
      rmSync(file);
      rmSync(backupOf(file), { force: true });
      removeEmpty(made);
    } else {
      mkdirSync(dirname(file), { recursive: true });
      write(realOf(file), after, mode);
    }
    if (kept?.text === undefined) rmSync(backupOf(file), { force: true });
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('file-not-writable', `Cannot change ${file}: ${messageOf(thrown)}`, 'It was left as it is.');
  }
}

export function backupOf(file: string): string {
  return `${file}.headroom-backup`;
}

/** What we have put beside a file: the backup, and what a killed process was writing. */
export function leftBeside(file: string): readonly string[] {
  const own = /\.headroom-(?:backup|\d+)(?:\.headroom-\d+)?$/;
  const names = listNames(dirname(file)).filter((name) => name.startsWith(basename(file)) && own.test(name));
  return names.filter((name) => name.replace(own, '') === basename(file)).map((name) => join(dirname(file), name));
}

function entryIn(text: string, { format, keys }: Keyed): unknown {
  const path = [...keys, serverName];
  return format === 'json' ? readJson(withoutMark(text), path) : readToml(withoutMark(text), path);
}

function putInto(text: string, { format, keys }: Keyed, entry: unknown): string {
  const path = [...keys, serverName];
  return marked(text, (plain) => (format === 'json' ? putJson(plain, path, entry) : putToml(plain, path, entry as object)));
}

function withoutEntry(file: string, text: string | undefined, spelling: Keyed): string | undefined {
  const entry = text === undefined ? undefined : entryIn(text, spelling);
  if (text === undefined || entry === undefined) return text;
  const put = (base: string) => putInto(base, spelling, entry);
  const backup = readText(backupOf(file));
  if (backup === undefined && put('') === text) return undefined;
  if (backup !== undefined && isMadeOf(text, backup, put)) return backup;
  const { format, keys } = spelling;
  const path = [...keys, serverName];
  // Objects that we made around it go with it, where they are empty; those that were there before stay.
  const depth = backup === undefined ? keys.length : depthIn(backup, spelling);
  return marked(text, (plain) => (format === 'json' ? cutJson(plain, path, depth) : cutToml(plain, path)));
}

/** Whether a text is its backup with what we put in. A backup that makes no sense any more is none. */
export function isMadeOf(text: string, backup: string, put: (base: string) => string): boolean {
  try {
    return put(backup) === text;
  } catch {
    return false;
  }
}

function depthIn(text: string, { keys }: Keyed): number {
  try {
    return keys.filter((_key, at) => readJson(withoutMark(text), keys.slice(0, at + 1)) !== undefined).length;
  } catch {
    return keys.length;
  }
}

// A byte order mark is no part of the text, and stays.
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function marked(text: string, change: (plain: string) => string): string {
  return text.startsWith('\uFEFF') ? `\uFEFF${change(text.slice(1))}` : change(text);
}

/** Undefined where there is no such file; a `Failure` where it cannot be read, an `EditError` where it is no text. */
export function readText(file: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '') && !isLink(file)) return undefined;
    throw new Failure('file-not-readable', `Cannot read ${file}: ${messageOf(thrown)}`);
  }
  const text = bytes.toString();
  if (!Buffer.from(text).equals(bytes)) throw new EditError('it is no text in UTF-8');
  return text;
}

/** A `Failure` in place of an `EditError`; `wayOut`: what else a person can do. */
export function editing<T>(file: string, edit: () => T, wayOut = 'put the server in by hand, or mend the file first'): T {
  try {
    return edit();
  } catch (thrown) {
    if (!(thrown instanceof EditError)) throw thrown;
    throw new Failure('file-not-understood', `${file}: ${thrown.message}`, `It was left as it is; ${wayOut}.`);
  }
}

function write(path: string, text: string, mode: number): void {
  const temporary = `${path}.headroom-${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode, flag: 'wx' });
    chmodSync(temporary, mode);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** A link stays a link: what it leads to is changed. */
function realOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function modeOf(file: string): number {
  return (statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777;
}
