/** Which lines of a run (tests, a build, a job of a pipeline) are noise, of what sort, and how much of it: what notes say is counted here. */

/** A sort of noise, as a note names it. */
export interface Noise {
  readonly one: string;
  readonly many: string;
  /** What is said where a gap holds nothing else and each of its lines counts once. */
  readonly whole?: string;
  /** Lines that speak of an error or a warning are shown all the same. */
  readonly isGuarded?: boolean;
  /** Work in progress: the last line before something that is shown may say what it was about. */
  readonly isStep?: boolean;
}

/** Amounts by sort; empty: a line that only belongs to its neighbours. */
export type Mark = readonly (readonly [Noise, number])[];

/** One per line; undefined: shown. */
export type Marks = (Mark | undefined)[];

export const passedTests: Noise = { one: 'passed test', many: 'passed tests' };
export const passedFiles: Noise = { one: 'passed test file', many: 'passed test files' };
export const skippedTests: Noise = { one: 'more skipped test', many: 'more skipped tests' };
export const outputOfPassed: Noise = {
  one: 'line of output of passed tests',
  many: 'lines of output of passed tests',
  whole: 'output of passed tests',
  isGuarded: true,
};
export const coveredFiles: Noise = { one: 'fully covered row', many: 'fully covered rows' };

export const filler: Mark = [];
export const passedTest: Mark = [[passedTests, 1]];
export const passedOutput: Mark = [[outputOfPassed, 1]];

/** What a gap holds, in a few words; undefined where nothing is known of it. */
export function tellOf(marks: Marks, from: number, until: number): string | undefined {
  const amounts = new Map<Noise, number>();
  for (let at = from; at < until; at++)
    for (const [noise, amount] of marks[at] ?? []) amounts.set(noise, (amounts.get(noise) ?? 0) + amount);
  const said = [...amounts].filter(([, amount]) => amount > 0);
  const [only] = said;
  if (!only) return undefined;
  if (said.length === 1 && only[1] === until - from) return only[0].whole ?? only[0].many;
  return said.map(([noise, amount]) => `${amount} ${amount === 1 ? noise.one : noise.many}`).join(', ');
}

/** So many skipped tests are shown; the summary counts them all. */
export const mostSkipped = 20;
