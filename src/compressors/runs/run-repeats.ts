/** Diagnostics that a run prints again and again, to the letter (a warning of a header, once for every file that includes it): the first is shown. */
import { longestLine } from './run-family.ts';
import { filler, type Marks, type Noise } from './run-marks.ts';

const repeats: Noise = { one: 'repeat of a diagnostic above', many: 'repeats of diagnostics above' };

/** gcc, clang, javac, MSVC, tsc, Python's warnings, bundlers, Maven: a place or a level, then the message. */
const opening =
  /^(?:\S[^\n]*?(?::\d+:(?:\d+:)?|\(\d+(?:,\d+)?\)\s?:|\(\d+:\d+\):) (?:fatal error|error|warning|note|remark|\w+Warning)\b|\[(?:WARNING|WARN|ERROR)\] \S|(?:warning|error)(?:\[\w+\])?: \S)/i;
/** Lines that lead up to the next diagnostic. */
const leading =
  /^(?:In file included from |\s+from \S+:\d+|\S+: (?:In (?:function|member function|constructor|lambda|instantiation)|At (?:top level|global scope))\b)/;

/** A diagnostic longer than this is not compared. */
const mostLines = 60;

/** False where no line can be one: a quick look. */
export function mayRepeat(text: string): boolean {
  return ['warning', 'error', 'WARN', 'ERROR', 'note:', 'remark:', 'Warning', 'Error'].some((word) => text.includes(word));
}

export function markRepeats(lines: readonly string[], marks: Marks): void {
  const seen = new Set<string>();
  let lead = -1;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (marks[at] !== undefined || line.length > longestLine || !opening.test(line)) {
      lead = marks[at] === undefined && leading.test(line.slice(0, longestLine)) ? (lead < 0 ? at : lead) : -1;
      at++;
      continue;
    }
    let end = at + 1;
    while (end < lines.length && end - at < mostLines && belongs(lines[end] ?? '') && marks[end] === undefined) end++;
    const said = lines.slice(at, end).join('\n');
    if (seen.has(said)) {
      for (let inner = lead < 0 ? at : lead; inner < end; inner++) marks[inner] = filler;
      marks[at] = [[repeats, 1]];
    }
    seen.add(said);
    lead = -1;
    at = end;
  }
}

/** Quoted source, a marker below it, an explanation: indented, or behind a gutter. */
function belongs(line: string): boolean {
  return /^[ \t]+\S/.test(line) && !leading.test(line);
}
