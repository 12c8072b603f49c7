/** Looks up what one result became among the decisions that are kept, for whoever shows it. Reads files that launches add to, and writes nothing. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDecisionFile } from './decision-files.ts';
import { parseDecisionLine, type RecordedDecision } from './decisions.ts';
import { listNames } from './list-names.ts';

/**
 * `key`: how the messages' part of a chain key begins, 16 hex digits; `after`: the tokens of what its text was replaced by, which may have been
 * another at another time. Undefined where none is kept.
 */
export function findDecision(folder: string, key: string, after: number): RecordedDecision | undefined {
  for (const file of youngestFirst(folder)) {
    const found = findIn(file, key, after);
    if (found) return found;
  }
  return undefined;
}

/** Hundreds of megabytes may be there: only lines that hold the key are parsed. */
function findIn(file: string, key: string, after: number): RecordedDecision | undefined {
  const bytes = read(file);
  const mark = `"key":"${key}`;
  for (let at = bytes.indexOf(mark); at >= 0; ) {
    const start = bytes.lastIndexOf(0x0a, at) + 1;
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return undefined;
    const decided = parseDecisionLine(bytes.toString('utf8', start, end))?.decided ?? [];
    const found = decided.find((decision) => decision.key.startsWith(key) && decision.after === after && decision.text !== undefined);
    if (found) return found;
    at = bytes.indexOf(mark, end);
  }
  return undefined;
}

function youngestFirst(folder: string): readonly string[] {
  const times = listNames(folder)
    .filter(isDecisionFile)
    .map((name) => ({ path: join(folder, name), time: timeOf(join(folder, name)) }));
  return times.sort((one, other) => other.time - one.time).map(({ path }) => path);
}

/** A file that went meanwhile holds nothing. */
function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function timeOf(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
