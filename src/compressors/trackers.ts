/**
 * What issue trackers and pipelines list as text (`gh pr checks`, `gh run view`, `gh issue list`, `bd list`): in big ones what failed, runs or
 * waits stays, with the newest entries and those that were asked for. Bodies of issues are left alone, and so is JSON.
 */
import { matcherOf } from '../text/asked-words.ts';
import { pipelinesOf, programOf } from '../text/shell-pipelines.ts';
import { commandOf } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';

const check = /^[^\t\n]{1,200}\t(pass|fail|pending|skipping|cancel)\t[^\t\n]*\t/;
const job = /^(?:✓|X|\*|-|○) .{1,300} \(ID \d+\)$/;
const step = /^ {2}(✓|X|\*|-|○) \S/;
const issue = /^(?:#?\d+\t[^\t\n]*\t[^\t\n]*\t|(?:completed|in_progress|queued)\t[a-z_]*\t|[○◐●✓❄] [a-z][\w.-]{1,60} \[)/;
const refresh = /^Refreshing (?:run|checks) status every \d+ seconds/;

/** Entries of a list that are shown whatever they are, and at its end. */
const shownFirst = 50;
const shownLast = 5;
const mostMatches = 30;
const leastRows = 4;

export const trackers: Compressor = {
  kind: 'tracker',
  lever: 'tracker lists',
  claim: ({ text, call }) => (isTracker(commandOf(call)) && countRows(text) >= leastRows ? 0.85 : 0),
  // Short lists are said as briefly as can be; redrawn ones are repeats.
  shrink: () => undefined,
  excerpt: ({ text, asked = '' }) => {
    const lines = text.split('\n');
    const marks = markLines(lines, matcherOf(asked));
    const keeps = marks.map((mark) => mark === undefined);
    return keeps.includes(false) ? { keeps, tell: (from, until) => tell(marks, from, until) } : undefined;
  },
};

function isTracker(command: string | undefined): boolean {
  if (command === undefined || !/\b(?:gh|bd|glab)\b/.test(command)) return false;
  return pipelinesOf(command).some(([words]) => /^(?:gh|bd|glab)$/.test(programOf(words)));
}

function countRows(text: string): number {
  let rows = 0;
  for (const line of text.split('\n', 400)) if (check.test(line) || job.test(line) || issue.test(line)) rows++;
  return rows;
}

/** What each line that is not shown is; undefined: shown. */
function markLines(lines: readonly string[], matches: (line: string) => boolean): (string | undefined)[] {
  const marks = lines.map(markOf);
  const lastScreen = lines.findLastIndex((line) => refresh.test(line));
  const firstScreen = lines.findIndex((line) => refresh.test(line));
  for (let at = firstScreen; at >= 0 && at < lastScreen; at++) marks[at] = refresh.test(lines[at] ?? '') ? 'earlier screen' : '';
  const listed = lines.flatMap((line, at) => (issue.test(line) ? [at] : []));
  let matched = 0;
  for (const at of listed.slice(shownFirst, -shownLast)) {
    if (matched < mostMatches && matches(lines[at] ?? '')) matched++;
    else marks[at] = 'entry';
  }
  return marks;
}

function markOf(line: string): string | undefined {
  const state = check.exec(line)?.[1];
  if (state === 'pass') return 'passed check';
  if (state === 'skipping') return 'skipped check';
  const done = step.exec(line)?.[1];
  if (done === '✓') return 'passed step';
  return done === '-' ? 'skipped step' : undefined;
}

function tell(marks: readonly (string | undefined)[], from: number, until: number): string | undefined {
  const counts = new Map<string, number>();
  for (const mark of marks.slice(from, until)) if (mark) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const said = [...counts].map(([mark, count]) => `${count} ${count === 1 ? mark : mark === 'entry' ? 'entries' : `${mark}s`}`);
  return said.length > 0 ? said.join(', ') : undefined;
}
