/** Gathers what held and what did not, and prints each at once. */

export interface Checks {
  /** Prints `ok` or `FAILED` with the detail, and counts. */
  check(title: string, holds: boolean, detail?: string): boolean;
  /** Names the first place where two texts differ. */
  equal(title: string, found: string, expected: string): boolean;
  /** A figure to report. */
  note(line: string): void;
  skip(title: string, reason: string): void;
  passed(): number;
  failed(): number;
}

export function createChecks(): Checks {
  let passed = 0;
  let failed = 0;
  const print = (line: string) => process.stdout.write(`  ${line}\n`);
  const checks: Checks = {
    check(title, holds, detail = '') {
      if (holds) passed++;
      else failed++;
      print(
        holds ? `ok      ${title}` : `FAILED  ${title}${detail && `\n          ${detail.slice(0, 2000).replaceAll('\n', '\n          ')}`}`,
      );
      return holds;
    },
    equal: (title, found, expected) => checks.check(title, found === expected, found === expected ? '' : differenceOf(found, expected)),
    note: (line) => print(`        ${line}`),
    skip: (title, reason) => print(`skipped: ${title}: ${reason}`),
    passed: () => passed,
    failed: () => failed,
  };
  return checks;
}

function differenceOf(found: string, expected: string): string {
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at++;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 100));
  return `at character ${at} of ${found.length} and ${expected.length}\nfound    ${around(found)}\nexpected ${around(expected)}`;
}
