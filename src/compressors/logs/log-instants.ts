/** Lines of a log that have the same time: where they begin alike, for how long, and whether there are many. */
import type { LogLine } from './log-line.ts';

/** Beginnings of a line that are tried. */
const mostCuts = 6;

/** Of the beginnings that a line shares with `other`, the next that is not the same, the one that saves most over all that go on having it. */
export function bestRun(
  lines: readonly string[],
  stamps: readonly string[],
  from: number,
  other: number,
): { text: string; end: number } | undefined {
  const [line = '', stamp = ''] = [lines[from], stamps[from]];
  if (stamp === '' || stamps[other] !== stamp) return undefined;
  let best: { text: string; end: number } | undefined;
  let mostSaved = 0;
  let tried = 0;
  for (let cut = line.indexOf(' ', stamp.length); cut >= 0 && tried < mostCuts; cut = line.indexOf(' ', cut + 1)) {
    if (!continuesTime(line.slice(cut, cut + 2))) continue;
    const text = line.slice(0, cut);
    let end = from + 1;
    while (stamps[end] === stamp && continuesWith(text, lines[end] ?? '')) end++;
    if (end <= other) break;
    const saved = (end - from - 1) * text.length;
    if (saved > mostSaved) best = { text, end };
    mostSaved = Math.max(saved, mostSaved);
    tried++;
  }
  return best;
}

/** For each line the number of the next one that is not the same. */
export function nextOthers(lines: readonly string[]): number[] {
  const others: number[] = new Array(lines.length).fill(lines.length);
  for (let at = lines.length - 2; at >= 0; at--) others[at] = lines[at] === lines[at + 1] ? (others[at + 1] ?? lines.length) : at + 1;
  return others;
}

/** True for a line with that beginning, a single blank and more. */
export function continuesWith(text: string, line: string): boolean {
  return text !== '' && line.startsWith(text) && continuesTime(line.slice(text.length, text.length + 2));
}

export function stampOf(line: LogLine | undefined): string {
  return line ? line.lead + line.date + line.time : '';
}

/** True where many lines have the time of the line before. */
export function sharesInstants(read: readonly (LogLine | undefined)[]): boolean {
  let shared = 0;
  for (let at = 1; at < read.length; at++) if (read[at] && read[at]?.time === read[at - 1]?.time) shared++;
  return shared * 4 >= read.length;
}

export function continuesTime(line: string): boolean {
  return line.length > 1 && line[0] === ' ' && line[1] !== ' ' && line[1] !== '\t';
}
