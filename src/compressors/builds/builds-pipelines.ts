/** Job logs of GitHub Actions: what the page itself folds away (groups), and the tags that a checkout fetches. */
import { type Family, longestLine } from '../runs/run-family.ts';
import { filler, type Marks, type Noise } from '../runs/run-marks.ts';

const grouped: Noise = { one: 'line of a group', many: 'lines of groups', whole: 'the rest of the group', isGuarded: true };
const fetched: Noise = { one: 'branch or tag fetched', many: 'branches and tags fetched' };

/** Lines at the beginning of a group that are shown: its title and the first of the command. */
const shownOfGroup = 4;

export const pipelines: readonly Family[] = [
  {
    name: 'GitHub Actions',
    sort: 'builds',
    isCertain: true,
    words: ['##['],
    present: /^##\[(?:group|endgroup|error)\]/m,
    rows: [{ pattern: /^ \* \[new (?:tag|branch)\] +\S+ +-> \S+$/, noise: fetched }],
    refine: (lines, marks) => markGroups(lines, marks),
  },
];

function markGroups(lines: readonly string[], marks: Marks): void {
  let from = -1;
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine) continue;
    if (line.startsWith('##[group]')) from = at;
    else if (line.startsWith('##[endgroup]')) {
      if (from >= 0) for (let inner = from + shownOfGroup; inner < at; inner++) marks[inner] ??= [[grouped, 1]];
      if (from >= 0 && at > from + shownOfGroup) marks[at] = filler;
      from = -1;
    }
  }
}
