/** Headings above lines that are all noise: names of files, suites and groups. */
import { longestLine } from './run-family.ts';
import { filler, type Marks } from './run-marks.ts';
import { prefixOfFold } from './run-prefixes.ts';

/** A heading goes where everything below it, up to the next heading of its depth or less, is noise. */
export function markHeadings(lines: readonly string[], marks: Marks, heading: RegExp): void {
  const open: { readonly at: number; readonly depth: number; isNoise: boolean; holds: boolean }[] = [];
  const close = (depth: number): void => {
    while ((open.at(-1)?.depth ?? -1) >= depth) {
      const ended = open.pop();
      if (ended?.isNoise && ended.holds) marks[ended.at] = filler;
      const above = open.at(-1);
      if (above && ended) {
        above.isNoise &&= ended.isNoise;
        above.holds ||= ended.holds;
      }
    }
  };
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    if (prefixOfFold(line) !== undefined) {
      close(0);
      continue;
    }
    const above = open.at(-1);
    const depth = line.length > longestLine ? 0 : line.length - line.trimStart().length;
    if (marks[at] !== undefined) {
      if (above) above.holds = true;
    } else if (line.length <= longestLine && heading.test(line)) {
      close(depth);
      open.push({ at, depth, isNoise: true, holds: false });
    } else if (above) {
      above.isNoise = false;
      if (depth <= above.depth) close(depth);
    }
  }
  close(0);
}
