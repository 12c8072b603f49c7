/** The decision store in plain files: one for each root, in a folder that others may share. A line is one write in append mode; nothing is locked. */
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type DecisionLine, type DecisionStore, type ListPlace, parseDecisionLine, type ReadLines } from './decisions.ts';
import { readyFolder } from './originals.ts';
import { openOwnFile } from './own-file.ts';

const nameLength = 16;
const namePattern = /^[0-9a-f]{16}\.jsonl$/;
const none: ReadLines = { lines: [], place: { file: 0, at: 0 }, isAnother: false };

/** The folder is made when there is something to put into it. Every request waits for this: as few calls of the system as can be. */
export function openDecisions(folder: string): DecisionStore {
  const pathOf = (root: string) => join(folder, `${root.slice(0, nameLength)}.jsonl`);
  let isReady = false;
  return {
    read: (root, after) => {
      const path = pathOf(root);
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found) return { ...none, isAnother: after !== undefined && after.at !== 0 };
      if (after && isSame(found, after) && found.size === after.at) return { lines: [], place: after, isAnother: false };
      const file = openSync(path, 'r');
      try {
        return readOn(file, after);
      } finally {
        closeSync(file);
      }
    },
    append: (root, line, after) => {
      const file = open(pathOf(root));
      try {
        // Before it another's may have been cut short, by its last byte alone perhaps: that is spoilt, and this begins on a line of its own.
        const bytes = Buffer.from(`#\n${JSON.stringify(line)}\n`);
        if (writeSync(file, bytes) < bytes.length) throw new Error('the disk is full');
        return readOn(file, after, { id: line.id, length: bytes.length });
      } finally {
        closeSync(file);
      }
    },
  };

  function open(path: string): number {
    if (isReady) {
      try {
        return openOwnFile(path, 'append-and-read');
      } catch {
        // Somebody took the folder away, or does now.
      }
    }
    readyFolder(folder);
    isReady = true;
    return openOwnFile(path, 'append-and-read');
  }
}

/** Whether a file's name is one of this store's. */
export function isDecisionFile(name: string): boolean {
  return namePattern.test(name);
}

/** Whether a place is one in this file. */
function isSame({ ino, size }: Stats, { file, at = 0 }: ListPlace): boolean {
  return (file === ino || at === 0) && at <= size;
}

/** What stands after a place, as far as whole lines go, or up to our own line, which is not given. */
function readOn(file: number, after: ListPlace | undefined, own?: { readonly id: string; readonly length: number }): ReadLines {
  const found = fstatSync(file);
  const { ino, size } = found;
  const isOn = after !== undefined && isSame(found, after);
  const from = isOn ? (after.at ?? 0) : 0;
  const isAnother = after !== undefined && !isOn;
  // Nobody else has added anything.
  if (own && size - from === own.length) return { lines: [], place: { file: ino, at: size }, isAnother };
  const bytes = Buffer.allocUnsafe(size - from);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readSync(file, bytes, length, bytes.length - length, from + length);
  const lines: DecisionLine[] = [];
  let at = 0;
  for (let end = bytes.indexOf(0x0a, at); end >= 0 && end < length; end = bytes.indexOf(0x0a, at)) {
    const line = end > at ? parseDecisionLine(bytes.toString('utf8', at, end)) : undefined;
    at = end + 1;
    if (line && line.id === own?.id) break;
    if (line) lines.push(line);
  }
  return { lines, place: { file: ino, at: from + at }, isAnother };
}
