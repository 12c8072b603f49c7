/** `git blame` names commit, author and date on every line: here once, above the lines that one commit wrote. Line numbers and code stay. */
import type { TwoWay } from '../two-way.ts';

const blamed = /^(\^?[0-9a-f]{7,40} (?:[^(\n]{1,200} )?\([^\n]{1,100}? \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}) +(\d+)\)( .*|$)/;
const heading = /^\^?[0-9a-f]{7,40} (?:[^(\n]{1,200} )?\([^\n]{1,100}? \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\)$/;
const entry = /^(\d+)\)( .*|$)/;

export const blamedLines: TwoWay = { sign: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} +\d+\)/, shorten, writeOut };

function shorten(lines: readonly string[]): string[] | undefined {
  const short: string[] = [];
  let isShorter = false;
  for (let at = 0; at < lines.length; ) {
    const found = blamed.exec(lines[at] ?? '');
    const front = found?.[1];
    let end = at + 1;
    while (front !== undefined && lines[end]?.startsWith(`${front} `) && blamed.exec(lines[end] ?? '')?.[1] === front) end++;
    if (end - at < 2) {
      short.push(lines[at++] ?? '');
      continue;
    }
    isShorter = true;
    short.push(`${front})`);
    for (; at < end; at++) short.push((lines[at] ?? '').slice(front?.length).trimStart());
  }
  return isShorter ? short : undefined;
}

function writeOut(short: readonly string[]): string[] {
  // Numbers are as wide as the last of them.
  const width = short.reduce((most, line) => Math.max(most, (entry.exec(line) ?? blamed.exec(line)?.slice(1))?.[1]?.length ?? 0), 0);
  const lines: string[] = [];
  let front: string | undefined;
  for (const line of short) {
    const [, number, code = ''] = (front === undefined ? null : entry.exec(line)) ?? [];
    if (number !== undefined) {
      lines.push(`${front} ${number.padStart(width)})${code}`);
      continue;
    }
    front = heading.test(line) ? line.slice(0, -1) : undefined;
    if (front === undefined) lines.push(line);
  }
  return lines;
}
