/**
 * Search results that repeat their path on every hit (`rg -n`, `grep -rn`, `git grep -n`): the path once, above its hits, as ripgrep's own
 * `--heading` prints them. Every hit keeps its line number and its text; a file with a single hit stays as it is.
 */
import { commandOf } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';

/** `path:12:text`; a Windows drive may stand in front. */
const hit = /^((?:[A-Za-z]:[\\/])?[^\s:][^:]*):(\d+):/;
const entry = /^\d+[:-]/;
const separator = '--';

export const search: Compressor = {
  kind: 'search',
  lever: 'search paths',
  claim: ({ text, call }) => {
    const command = commandOf(call);
    const isSearch = command === undefined ? /grep|search|^rg$/i.test(call?.tool ?? '') : /\b(rg|grep|ag|ack)\b/.test(command);
    return isSearch && hit.test(text.split('\n').find((line) => hit.test(line)) ?? '') ? 0.9 : 0;
  },
  shrink: ({ text }) => ({
    text: group(text.split('\n')).join('\n'),
    form: 'invertible',
    inverse: (grouped) => ungroup(grouped.split('\n')).join('\n'),
  }),
};

function group(lines: readonly string[]): string[] {
  const grouped: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const path = hit.exec(lines[at] ?? '')?.[1] ?? pathOfContext(lines, at);
    const end = path === undefined ? at : groupEnd(lines, at, path);
    if (path === undefined || end - at < 2) {
      grouped.push(lines[at] ?? '');
      at++;
      continue;
    }
    grouped.push(path);
    for (; at < end; at++) grouped.push(lines[at] === separator ? separator : (lines[at] ?? '').slice(path.length + 1));
  }
  return grouped;
}

/** Context lines (`path-11-text`) may stand before the first hit of their file. */
function pathOfContext(lines: readonly string[], at: number): string | undefined {
  for (let ahead = at + 1; ahead < lines.length && ahead <= at + 10; ahead++) {
    const path = hit.exec(lines[ahead] ?? '')?.[1];
    if (path !== undefined) return isOf(lines[at] ?? '', path) ? path : undefined;
  }
  return undefined;
}

/** End of the lines that belong to one file; separators count where the file goes on behind them. */
function groupEnd(lines: readonly string[], from: number, path: string): number {
  let end = from;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (isOf(line, path)) end = at + 1;
    else if (line !== separator) break;
  }
  return end;
}

function isOf(line: string, path: string): boolean {
  return line.startsWith(path) && (line[path.length] === ':' || line[path.length] === '-') && entry.test(line.slice(path.length + 1));
}

function ungroup(lines: readonly string[]): string[] {
  const ungrouped: string[] = [];
  let path: string | undefined;
  for (const [at, line] of lines.entries()) {
    if (path !== undefined && entry.test(line)) {
      ungrouped.push(`${path}${/^\d+(.)/.exec(line)?.[1]}${line}`);
    } else if (path !== undefined && line === separator && entry.test(lines[at + 1] ?? '')) {
      ungrouped.push(line);
    } else {
      path = entry.test(lines[at + 1] ?? '') ? line : undefined;
      if (path === undefined) ungrouped.push(line);
    }
  }
  return ungrouped;
}
