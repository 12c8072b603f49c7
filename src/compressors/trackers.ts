/**
 * What pipelines list as text (`gh pr checks`, `gh run view`, `gh run watch`): in big ones what failed, runs or waits stays, and the last of
 * redrawn screens. Lists of issues are left alone (agents read them to the end and act on any of them), and so are bodies of issues and JSON.
 */
import { linesOf } from '../text/lines-of.ts';
import { pipelinesOf, programOf } from '../text/shell-pipelines.ts';
import { commandOf } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';
import { checkLinks } from './tracker-links.ts';
import { shortenText } from './two-way.ts';

const check = /^[^\t\n]{1,200}\t(pass|fail|pending|skipping|cancel)\t[^\t\n]*\t/;
const job = /^(?:✓|X|\*|-|○) .{1,300} \(ID \d+\)$/;
const step = /^ {2}(✓|X|\*|-|○) \S/;
const refresh = /^Refreshing (?:run|checks) status every \d+ seconds/;

const leastRows = 4;

export const trackers: Compressor = {
  kind: 'tracker',
  lever: 'links of checks',
  claim: ({ text, call }) => (isTracker(commandOf(call)) && countRows(text) >= leastRows ? 0.85 : 0),
  shrink: ({ text }) => shortenText(text, [checkLinks]),
  excerpt: ({ text }) => {
    const of = shortenText(text, [checkLinks]);
    const marks = markLines((of?.text ?? text).split('\n'));
    const keeps = marks.map((mark) => mark === undefined);
    if (!keeps.includes(false)) return undefined;
    return { ...(of ? { of } : {}), keeps, tell: (from, until) => tell(marks, from, until) };
  },
};

function isTracker(command: string | undefined): boolean {
  if (command === undefined || !/\b(?:gh|bd|glab)\b/.test(command)) return false;
  return pipelinesOf(command).some(([words]) => /^(?:gh|bd|glab)$/.test(programOf(words)));
}

function countRows(text: string): number {
  const lines = linesOf(text).slice(0, 400);
  const isStep = readSteps(lines);
  return lines.filter((line, at) => isStep[at] || check.test(line) || job.test(line)).length;
}

/** Steps stand right below their job; elsewhere a list in an issue looks the same. */
function readSteps(lines: readonly string[]): boolean[] {
  let isBelowJob = false;
  return lines.map((line) => {
    const isStep = isBelowJob && step.test(line);
    isBelowJob = isStep || job.test(line);
    return isStep;
  });
}

/** What each line that is not shown is; undefined: shown. */
function markLines(lines: readonly string[]): (string | undefined)[] {
  const isStep = readSteps(lines);
  const marks = lines.map((line, at) => markOf(line, isStep[at] === true));
  const firstScreen = lines.findIndex((line) => refresh.test(line));
  const lastScreen = lines.findLastIndex((line) => refresh.test(line));
  for (let at = firstScreen; at >= 0 && at < lastScreen; at++) marks[at] = refresh.test(lines[at] ?? '') ? 'earlier screen' : '';
  return marks;
}

function markOf(line: string, isStep: boolean): string | undefined {
  const state = check.exec(line)?.[1];
  if (state === 'pass') return 'passed check';
  if (state === 'skipping') return 'skipped check';
  const done = isStep ? step.exec(line)?.[1] : undefined;
  if (done === '✓') return 'passed step';
  return done === '-' ? 'skipped step' : undefined;
}

function tell(marks: readonly (string | undefined)[], from: number, until: number): string | undefined {
  const counts = new Map<string, number>();
  for (const mark of marks.slice(from, until)) if (mark) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const said = [...counts].map(([mark, count]) => `${count} ${mark + (count === 1 ? '' : 's')}`);
  return said.length > 0 ? said.join(', ') : undefined;
}
