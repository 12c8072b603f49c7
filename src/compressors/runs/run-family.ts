/** How the output of one family of tools is read: rows for lines that tell by themselves, and a pass over all lines for what spans several. */
import type { Mark, Marks, Noise } from './run-marks.ts';

export interface Row {
  readonly pattern: RegExp;
  readonly noise: Noise;
  /** How much of it the line stands for; 1 where absent, 0 for lines that only belong to their neighbours. */
  readonly amount?: (found: RegExpExecArray) => number;
  /** So many of them are shown before the others are noise; 0 where absent. */
  readonly shown?: number;
}

export interface Family {
  readonly name: string;
  readonly sort: 'tests' | 'builds';
  /** Words one of which is in every such text: looked for first, because that is quick. */
  readonly words: readonly string[];
  /** True for texts that hold such output. Tools are known by what only they print, not by a word. */
  readonly present: RegExp;
  readonly rows: readonly Row[];
  /** True where nobody else prints such text. */
  readonly isCertain?: boolean;
  /** Marks what single lines cannot tell. */
  readonly refine?: (lines: readonly string[], marks: Marks) => void;
}

/** Lines beyond this are data, not what a tool says. */
export const longestLine = 1000;

export function markLines(lines: readonly string[], rows: readonly Row[]): Marks {
  const shown = new Map<Row, number>();
  return lines.map((line) => {
    if (line.length > longestLine) return undefined;
    for (const row of rows) {
      const found = row.pattern.exec(line);
      if (!found) continue;
      const before = shown.get(row) ?? 0;
      if (before >= (row.shown ?? 0)) return [[row.noise, row.amount ? row.amount(found) : 1]];
      shown.set(row, before + 1);
      return undefined;
    }
    return undefined;
  });
}

/** What one line does to the test that is running. */
interface Scope {
  readonly opens: RegExp;
  readonly passes: RegExp;
  readonly fails?: RegExp;
}

/** Tests that are announced, print, and say how they ended, one after the other: what passed goes with its output. Names are the first group. */
export function markScopes(lines: readonly string[], marks: Marks, { opens, passes, fails }: Scope, passed: Mark, output: Mark): void {
  let from = -1;
  let name: string | undefined;
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine) continue;
    const opened = opens.exec(line);
    if (opened || fails?.test(line)) {
      from = opened ? at : -1;
      name = opened?.[1];
      continue;
    }
    const ended = from < 0 ? null : passes.exec(line);
    if (!ended || ended[1] !== name) continue;
    marks[from] = [];
    for (let inner = from + 1; inner < at; inner++) marks[inner] = (lines[inner] ?? '') === '' ? [] : output;
    marks[at] = passed;
    from = -1;
  }
}
