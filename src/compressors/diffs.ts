/**
 * Unified diffs (`git diff`, `git show`, `git log -p`, `gh pr diff`, `diff -u`). Added and removed lines of source stay to the letter: agents
 * write edits from them. Headers get short; an excerpt leaves out what programs wrote (lock files, bundles) and context far from any change.
 */
import { commandOf, showsFiles } from '../text/tool-call.ts';
import type { Compressor, Excerpt } from './compressor.ts';
import { type DiffLines, isWrittenByPrograms, readDiffLines } from './diffs/diff-files.ts';
import { fileHeaders } from './diffs/diff-headers.ts';
import { commitPeople } from './git/git-log.ts';
import { statusPaths } from './git/git-paths.ts';
import { statRows } from './git/git-stat.ts';
import { shortenText, type TwoWay } from './two-way.ts';

const hunk = /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/m;
/** Context this near to a change is always shown, and so are shorter runs of what is farther. */
const nearLines = 3;
const leastFarLines = 12;

const ways = [commitPeople, aboveFiles(statRows), aboveFiles(statusPaths), fileHeaders];

export const diffs: Compressor = {
  kind: 'diff',
  lever: 'diff headers',
  claim: ({ text, call }) => (hunk.test(text) && /^(?:diff |\+\+\+ )/m.test(text) && !showsFiles(call) ? 0.9 : 0),
  shrink: ({ text }) => shortenText(text, ways),
  excerpt: ({ text, call }) => {
    const of = shortenText(text, ways);
    const lines = (of?.text ?? text).split('\n');
    const diff = readDiffLines(lines);
    const keeps = keptLines(diff, commandOf(call) ?? '');
    if (!keeps.includes(false)) return undefined;
    return { ...(of ? { of } : {}), keeps, tell: (from, until) => tell(diff, from, until) } satisfies Excerpt;
  },
};

/** What stands above the first file is git's own; below, a line may be a file's. */
function aboveFiles({ sign, shorten, writeOut }: TwoWay): TwoWay {
  return {
    sign,
    shorten: (lines) => {
      const [above, files] = splitAtFiles(lines);
      const short = shorten(above);
      return short && [...short, ...files];
    },
    writeOut: (short) => {
      const [above, files] = splitAtFiles(short);
      return [...writeOut(above), ...files];
    },
  };
}

function splitAtFiles(lines: readonly string[]): [readonly string[], readonly string[]] {
  const at = lines.findIndex((line) => line.startsWith('diff '));
  return at < 0 ? [[], lines] : [lines.slice(0, at), lines.slice(at)];
}

function keptLines({ marks, paths }: DiffLines, command: string): boolean[] {
  const keeps = marks.map(() => true);
  const isHidden = new Map<string, boolean>();
  for (const [at, path] of paths.entries()) {
    if (path === undefined) continue;
    // Who names a file wants to see it.
    if (!isHidden.has(path)) isHidden.set(path, isWrittenByPrograms(path) && !command.includes(path.slice(path.lastIndexOf('/') + 1)));
    if (isHidden.get(path)) keeps[at] = false;
  }
  for (let at = 0; at < marks.length; at++) {
    if (marks[at] !== 'unchanged') continue;
    let end = at;
    while (marks[end] === 'unchanged') end++;
    const from = at + (isChanged(marks[at - 1]) ? nearLines : 0);
    const until = end - (isChanged(marks[end]) ? nearLines : 0);
    if (until - from >= leastFarLines) keeps.fill(false, from, until);
    at = end - 1;
  }
  return keeps;
}

function isChanged(mark: DiffLines['marks'][number]): boolean {
  return mark === 'added' || mark === 'removed';
}

function tell({ marks, paths }: DiffLines, from: number, until: number): string | undefined {
  const part = marks.slice(from, until);
  const added = part.filter((mark) => mark === 'added').length;
  const removed = part.filter((mark) => mark === 'removed').length;
  if (added + removed === 0) return part.every((mark) => mark === 'unchanged') ? 'unchanged' : undefined;
  const path = paths[from] ?? '';
  return `hunks of ${path.slice(path.lastIndexOf('/') + 1).replace(/[[\]]/g, '')}: ${added} added, ${removed} removed`;
}
