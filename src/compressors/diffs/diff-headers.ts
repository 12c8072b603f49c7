/**
 * The header of a file in git's diffs names its path four times: here once. Of a file that is new or gone, all lines have the same mark: it
 * is said once, above them. The inverse writes both out again.
 */

import { append, type TwoWay } from '../two-way.ts';

export const header = /^diff --git (\S+)$/;
export const oneSided = /^(\d+) lines (added|removed), shown without "([+-])":$/;
const gitHeader = /^diff --git a\/(\S+) b\/(\S+)$/;
const extended = /^(?:index|old mode|new mode|new file mode|deleted file mode) /;
const newFile = /^@@ -0,0 \+1,(\d+) @@$/;
const goneFile = /^@@ -1,(\d+) \+0,0 @@$/;

/** A file of fewer lines keeps its marks. */
const leastOneSided = 8;

interface Side {
  readonly mark: '+' | '-';
  readonly count: number;
}

export const fileHeaders: TwoWay = { sign: /^diff --git a\//m, shorten, writeOut };

function shorten(lines: readonly string[]): string[] | undefined {
  if (lines.some((line) => line.startsWith('diff --git ') && header.test(line))) return undefined;
  const short: string[] = [];
  let isShorter = false;
  for (let at = 0; at < lines.length; ) {
    const [, path, other] = gitHeader.exec(lines[at] ?? '') ?? [];
    const hunks = path !== undefined && path === other ? hunksOf(lines, at, path) : -1;
    if (hunks < 0) {
      short.push(lines[at++] ?? '');
      continue;
    }
    isShorter = true;
    short.push(`diff --git ${path}`);
    append(short, lines.slice(at + 1, hunks - 2));
    at = hunks;
    const side = sideOf(lines, at);
    if (!side) continue;
    short.push(`${side.count} lines ${side.mark === '+' ? 'added' : 'removed'}, shown without "${side.mark}":`);
    for (const end = ++at + side.count; at < end; at++) short.push((lines[at] ?? '').slice(1));
  }
  return isShorter ? short : undefined;
}

function writeOut(short: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < short.length; ) {
    const path = header.exec(short[at] ?? '')?.[1];
    if (path === undefined) {
      lines.push(short[at++] ?? '');
      continue;
    }
    lines.push(`diff --git a/${path} b/${path}`);
    const start = ++at;
    while (extended.test(short[at] ?? '')) lines.push(short[at++] ?? '');
    lines.push(...namesOf(short.slice(start, at), path));
    const [, count, , mark] = oneSided.exec(short[at] ?? '') ?? [];
    if (count === undefined) continue;
    lines.push(mark === '+' ? `@@ -0,0 +1,${count} @@` : `@@ -1,${count} +0,0 @@`);
    for (const end = ++at + Number(count); at < end; at++) lines.push(`${mark}${short[at] ?? ''}`);
  }
  return lines;
}

/** Where the hunks of a file begin whose two names stand right above them and say nothing new; -1 otherwise. */
function hunksOf(lines: readonly string[], from: number, path: string): number {
  let at = from + 1;
  while (extended.test(lines[at] ?? '')) at++;
  const [old, present] = namesOf(lines.slice(from + 1, at), path);
  return lines[at] === old && lines[at + 1] === present && lines[at + 2]?.startsWith('@@ ') ? at + 2 : -1;
}

function namesOf(extendedLines: readonly string[], path: string): [string, string] {
  const isNew = extendedLines.some((line) => line.startsWith('new file'));
  const isGone = extendedLines.some((line) => line.startsWith('deleted file'));
  return [isNew ? '--- /dev/null' : `--- a/${path}`, isGone ? '+++ /dev/null' : `+++ b/${path}`];
}

/** The one hunk of a file that is new or gone, where all of it is there. */
function sideOf(lines: readonly string[], at: number): Side | undefined {
  const line = lines[at] ?? '';
  const added = newFile.exec(line)?.[1];
  const found = added ?? goneFile.exec(line)?.[1];
  const count = Number(found ?? 0);
  if (count < leastOneSided || String(count) !== found || at + count >= lines.length) return undefined;
  const mark = added === undefined ? '-' : '+';
  for (let n = 1; n <= count; n++) if (!lines[at + n]?.startsWith(mark)) return undefined;
  return { mark, count };
}
