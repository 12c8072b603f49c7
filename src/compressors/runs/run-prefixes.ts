/**
 * What task runners, pipelines and pytest put in front of every line (`@shop/api test: `, `[lint:go] `, `job<TAB>step<TAB>2026-02-21T16:25:`,
 * `FAILED tests/test_cart.py::`): said once, above the lines that begin with it. The inverse puts it back.
 */

const opening = /^Each line below begins with "(.*)":$/;
const closing = 'Lines below are complete:';

/** A minute of a GitHub Actions log, with the job and step that `gh run view --log` puts before it; the seconds stay in their line. */
const minute = /^(?:[^\t\n"]{1,120}\t[^\t\n"]{0,120}\t)?\d{4}-\d\d-\d\dT\d\d:\d\d:(?=\d\d\.\d+Z(?: |$))/;
/** `package script: ` and `package:task: `, also one of a package inside another. */
const task = /^@?[\w.-]{1,60}(?:\/[\w.-]{1,60}){0,4}[: ][\w.:-]{0,60}\w: (?:(?:@|[\w.-]{1,60}\/)[\w./-]{1,120}[: ][\w.:-]{0,60}\w: ){0,2}/;
/** pytest's names of tests, with the status that may stand before them. */
const test = /^(?:(?:FAILED|ERROR|PASSED|SKIPPED|XFAIL|XPASS) )?[\w./\\-]{1,200}\.py::/;
const bracketed = /^\[[a-zA-Z@][\w@./:-]{1,60}\] /;
const place = /:\d+: $/;
const level = /\b(?:errors?|warn|warnings?|info|debug|trace|fatal|notes?|hint|log|severe|exception|caused by)\b/i;

/** Fewer UTF-16 units than this in front of a run of lines are not worth a line of their own. */
const leastGain = 80;

/** False where no line can begin with one: a quick look. */
export function hasPrefixes(text: string): boolean {
  return text.includes(': ') || text.includes('.py::') || text.includes('] ') || text.includes('Z ');
}

/** The same lines where there is nothing to fold. */
export function foldPrefixes(lines: readonly string[]): readonly string[] {
  if (lines.some((line) => line.startsWith('Each line below') && opening.test(line))) return lines;
  const folded: string[] = [];
  let isFolded = false;
  let isAny = false;
  for (let at = 0; at < lines.length; ) {
    const prefix = prefixOf(lines[at] ?? '');
    const end = prefix === '' ? at + 1 : runEnd(lines, at, prefix);
    if (prefix !== '' && prefix.length * (end - at - 1) >= leastGain) {
      folded.push(`Each line below begins with "${prefix}":`);
      for (; at < end; at++) folded.push((lines[at] ?? '').slice(prefix.length));
      isFolded = true;
      isAny = true;
      continue;
    }
    if (isFolded) folded.push(closing);
    isFolded = false;
    for (; at < end; at++) folded.push(lines[at] ?? '');
  }
  return isAny ? folded : lines;
}

export function unfoldPrefixes(folded: readonly string[]): string[] {
  const lines: string[] = [];
  let prefix: string | undefined;
  for (const line of folded) {
    const found = line.startsWith('Each line below') ? opening.exec(line)?.[1] : undefined;
    if (found !== undefined) prefix = found;
    else if (prefix !== undefined && line === closing) prefix = undefined;
    else lines.push((prefix ?? '') + line);
  }
  return lines;
}

/** What the lines below a line begin with, where folding added it: `''` where they are complete; undefined for every other line. */
export function prefixOfFold(line: string): string | undefined {
  if (line === closing) return '';
  return line.startsWith('Each line below') ? opening.exec(line)?.[1] : undefined;
}

function prefixOf(line: string): string {
  // Every prefix ends in a blank or in the time of a pipeline.
  if (line.includes('.py::')) return test.exec(line)?.[0] ?? '';
  if (!line.includes(': ') && !line.startsWith('[') && !line.includes('Z')) return '';
  const timed = line.includes('Z') ? minute.exec(line)?.[0] : undefined;
  if (timed !== undefined) return timed;
  const found = (line.startsWith('[') ? bracketed : task).exec(line)?.[0] ?? '';
  return found === '' || level.test(found) || place.test(found) ? '' : found;
}

function runEnd(lines: readonly string[], from: number, prefix: string): number {
  let end = from + 1;
  while (end < lines.length && prefixOf(lines[end] ?? '') === prefix) end++;
  return end;
}
