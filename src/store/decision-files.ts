/** The decision store in plain files: one for each root, in a folder that others may share. A line is one write in append mode; nothing is locked. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { DecisionLine, DecisionStore, ListPlace, ReadLines } from './decisions.ts';
import { readyFolder } from './originals.ts';
import { openOwnFile } from './own-file.ts';

const nameLength = 16;
const namePattern = /^[0-9a-f]{16}\.jsonl$/;
const none: ReadLines = { lines: [], place: { file: 0, at: 0 }, isAnother: false };

/** The folder is made when there is something to put into it. */
export function openDecisions(folder: string): DecisionStore {
  const pathOf = (root: string) => join(folder, `${root.slice(0, nameLength)}.jsonl`);
  return {
    read: (root, after) => {
      let file: number;
      try {
        file = openSync(pathOf(root), 'r');
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
        return { ...none, isAnother: after !== undefined && after.at !== 0 };
      }
      try {
        return readOn(file, after);
      } finally {
        closeSync(file);
      }
    },
    append: (root, line, after) => {
      readyFolder(folder);
      const file = openOwnFile(pathOf(root), 'append-and-read');
      try {
        // Before it another's may have been cut short: it begins on a line of its own.
        const bytes = Buffer.from(`\n${JSON.stringify(line)}\n`);
        if (writeSync(file, bytes) < bytes.length) throw new Error('the disk is full');
        return readOn(file, after, line.id);
      } finally {
        closeSync(file);
      }
    },
  };
}

/** Whether a file's name is one of this store's. */
export function isDecisionFile(name: string): boolean {
  return namePattern.test(name);
}

/** What stands after a place, as far as whole lines go, or up to the line with that id, which is not given. */
function readOn(file: number, after: ListPlace | undefined, until?: string): ReadLines {
  const { ino, size } = fstatSync(file);
  const isSame = after !== undefined && (after.file === ino || after.at === 0) && (after.at ?? 0) <= size;
  const from = isSame ? (after.at ?? 0) : 0;
  const isAnother = after !== undefined && !isSame;
  const bytes = Buffer.allocUnsafe(size - from);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readSync(file, bytes, length, bytes.length - length, from + length);
  const lines: DecisionLine[] = [];
  let at = 0;
  for (let end = bytes.indexOf(0x0a, at); end >= 0 && end < length; end = bytes.indexOf(0x0a, at)) {
    const line = end > at ? parse(bytes.toString('utf8', at, end)) : undefined;
    at = end + 1;
    if (line && line.id === until) break;
    if (line) lines.push(line);
  }
  return { lines, place: { file: ino, at: from + at }, isAnother };
}

/** Undefined for what was cut short, or is of a later version. */
function parse(text: string): DecisionLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<DecisionLine>;
    return line.v === 1 && typeof line.scope === 'string' && typeof line.era === 'string' ? (line as DecisionLine) : undefined;
  } catch {
    return undefined;
  }
}
