/** `warning: in the working copy of 'x', LF will be replaced by CRLF …`, once for every file: the warning once, its files below. */
import { append, type TwoWay } from '../two-way.ts';

const warning = /^warning: in the working copy of ('.+'), ((?:LF|CRLF) will be replaced by (?:LF|CRLF) the next time Git touches it)(\r?)$/;
const heading = /^warning: ((?:LF|CRLF) will be replaced by (?:LF|CRLF) the next time Git touches it), in the working copies of:(\r?)$/;
const entry = /^ {2}('.+')\r?$/;

export const lineEndWarnings: TwoWay = { sign: /^warning: in the working copy of '/m, shorten, writeOut };

function shorten(lines: readonly string[]): string[] | undefined {
  const short: string[] = [];
  let isShorter = false;
  for (let at = 0; at < lines.length; ) {
    const [, , what, end = ''] = warning.exec(lines[at] ?? '') ?? [];
    const files: string[] = [];
    while (what !== undefined) {
      const next = warning.exec(lines[at + files.length] ?? '');
      if (next?.[2] !== what || next[3] !== end) break;
      files.push(`  ${next[1]}${end}`);
    }
    if (files.length < 2) {
      short.push(lines[at++] ?? '');
      continue;
    }
    isShorter = true;
    short.push(`warning: ${what}, in the working copies of:${end}`);
    append(short, files);
    at += files.length;
  }
  return isShorter ? short : undefined;
}

function writeOut(short: readonly string[]): string[] {
  const lines: string[] = [];
  let what: string | undefined;
  let end = '';
  for (const line of short) {
    const file = what === undefined ? undefined : entry.exec(line)?.[1];
    if (file !== undefined) {
      lines.push(`warning: in the working copy of ${file}, ${what}${end}`);
      continue;
    }
    [, what, end = ''] = heading.exec(line) ?? [];
    if (what === undefined) lines.push(line);
  }
  return lines;
}
