/** Test runners of JavaScript and TypeScript: vitest, jest, mocha, node:test, bun, deno, Playwright, TAP. */
import { type Family, longestLine, markScopes, type Row } from './run-family.ts';
import { coveredFiles, filler, type Marks, outputOfPassed, passedFiles, passedOutput, passedTest, passedTests } from './run-marks.ts';

import { prefixOfFold } from './run-prefixes.ts';

const duration = String.raw`[\d.]+ ?(?:ms|s|m)`;

/** Istanbul's and v8's table: `file | % Stmts | % Branch | % Funcs | % Lines | lines not covered`. */
const coverage: Row = { pattern: /^\s*\S.*\|\s+100 \|\s+100 \|\s+100 \|\s+100 \|\s*$/, noise: coveredFiles };

const vitest: Family = {
  name: 'vitest',
  sort: 'tests',
  words: [' Test Files ', ' RUN  v', ' tests)', ' test)', ' tests | ', ' test | '],
  present: /^ (?:RUN|DEV) {2}v\d|^ Test Files {2}\d|^ +❯ \S+\.(?:test|spec)\.\w+ \(\d+ tests?|^ +✓ .*\(\d+ tests?(?: \||\))/m,
  rows: [
    {
      pattern: new RegExp(String.raw`^ *✓ (?:\|[^|]*\| |\S+ )?\S.* \((\d+) tests?(?: \| (\d+) skipped)?\)(?: ${duration})?$`),
      noise: passedTests,
      amount: ([, all, skipped]) => Number(all) - Number(skipped ?? 0),
    },
    { pattern: /^ +✓ (?:\|[^|]*\| )?\S+ > .+$/, noise: passedTests },
    { pattern: /^ {3,}✓ \S.*$/, noise: passedTests },
    coverage,
  ],
  refine: (lines, marks) => markVitestOutput(lines, marks),
};

const jest: Family = {
  name: 'jest',
  sort: 'tests',
  words: ['Tests:', 'PASS ', 'FAIL '],
  present: /^(?:Test Suites|Tests): {1,8}(?:\d+ \w+, )*\d+ total$|^(?:PASS|FAIL) (?:\S+ )?\S+\.(?:test|spec|e2e-spec)\.\w+/m,
  rows: [
    { pattern: new RegExp(String.raw`^PASS (?:\S+ )?\S+(?: \(${duration}(?:, [\d.]+ MB heap size)?\))?$`), noise: passedFiles },
    { pattern: /^ {2,}[✓√] \S.*$/, noise: passedTests },
    coverage,
  ],
  refine: (lines, marks) => markJestOutput(lines, marks),
};

const mocha: Family = {
  name: 'mocha',
  sort: 'tests',
  words: [' passing ('],
  present: /^ {2}\d+ passing \(\d+m?s\)$/m,
  rows: [{ pattern: /^ {2,}[✓✔√] \S.*$/, noise: passedTests }],
  refine: (lines, marks) => markHeadings(lines, marks, /^ {2,}(?![✓✔√]|\d+\)|- )\S/),
};

const nodeTest: Family = {
  name: 'node:test',
  sort: 'tests',
  words: ['ℹ '],
  present: /^ℹ (?:tests|pass|duration_ms) [\d.]+$/m,
  rows: [{ pattern: /^ *✔ .+ \([\d.]+ms\)$/, noise: passedTests }],
  refine: (lines, marks) => {
    markHeadings(lines, marks, /^ *▶ /);
    markEndsOfSuites(lines, marks);
  },
};

const tap: Family = {
  name: 'TAP',
  sort: 'tests',
  words: ['TAP version', '1..'],
  present: /^TAP version \d+$|^1\.\.\d+$/m,
  rows: [{ pattern: /^ *ok \d+\b(?!.*# (?:SKIP|TODO)\b).*$/i, noise: passedTests }],
  refine: (lines, marks) => markTapDetails(lines, marks),
};

const bun: Family = {
  name: 'bun test',
  sort: 'tests',
  words: ['bun test v', '(pass) '],
  present: /^bun test v\d|^\(pass\) .+ \[[\d.]+ms\]$/m,
  rows: [{ pattern: /^(?:\(pass\)|✓) \S.*$/, noise: passedTests }],
  refine: (lines, marks) => {
    markBunOutput(lines, marks);
    markHeadings(lines, marks, /^\S+[._](?:test|spec)\.\w+:$/);
  },
};

const deno: Family = {
  name: 'deno test',
  sort: 'tests',
  words: [' tests from ', ' test from ', ' passed | '],
  present: /^running \d+ tests? from \S|^(?:ok|FAILED) \| \d+ passed/m,
  rows: [
    { pattern: new RegExp(String.raw`^.+ \.\.\. ok \(${duration}\)$`), noise: passedTests },
    { pattern: /^Check file:\/\/\S+$/, noise: { one: 'file checked', many: 'files checked' } },
  ],
  refine: (lines, marks) => {
    const output = { opens: /^-+ (?:post-test )?output -+$/, passes: /^-+ (?:post-test )?output end -+$/ };
    markScopes(lines, marks, output, filler, passedOutput);
    markHeadings(lines, marks, /^running \d+ tests? from \S+$/);
  },
};

const playwright: Family = {
  name: 'playwright',
  sort: 'tests',
  words: [' workers', ' worker'],
  present: /^Running \d+ tests? using \d+ workers?/m,
  rows: [{ pattern: new RegExp(String.raw`^ +(?:✓|ok) +\d+ .+ \(${duration}\)$`), noise: passedTests }],
};

/** lib0/testing and its kin: announced by number, closed by name. */
const numbered: Family = {
  name: 'lib0/testing',
  sort: 'tests',
  words: ['repeat: npm run test'],
  present: /^repeat: npm run test -- --filter /m,
  rows: [{ pattern: /^repeat: npm run test -- --filter .*$/, noise: outputOfPassed, amount: () => 0 }],
  refine: (lines, marks) => {
    const test = {
      opens: /^\[\d+\/\d+\] [^:]+: (.+)$/,
      passes: /^Success: (.+?)(?: - \d+ repetitions?)? in [\d.]+[mμ]?s(?: \(.*\))?$/,
      fails: /^(?:Failure|Skipped)\b/,
    };
    markScopes(lines, marks, test, passedTest, passedOutput);
    for (const [at, line] of lines.entries()) if (line.startsWith('repeat: ') && marks[at - 1] !== passedTest) marks[at] = undefined;
  },
};

export const javascriptTests: readonly Family[] = [vitest, jest, mocha, nodeTest, tap, bun, deno, playwright, numbered];

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

/** `▶ total` … `✔ total (3ms)`: the end of a suite is no test. */
function markEndsOfSuites(lines: readonly string[], marks: Marks): void {
  const open: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine) continue;
    const begun = /^( *)▶ (.+)$/.exec(line);
    if (begun) open.push(`${begun[1]}${begun[2]}`);
    const ended = /^( *)[✔✖] (.+) \([\d.]+ms\)$/.exec(line);
    if (!ended || open.at(-1) !== `${ended[1]}${ended[2]}`) continue;
    open.pop();
    if (marks[at] !== undefined) marks[at] = filler;
  }
}

/** `stdout | file > test` up to the reporter's next word; what failing tests printed stays. */
function markVitestOutput(lines: readonly string[], marks: Marks): void {
  const failed = new Set<string>();
  for (const line of lines) {
    const name = line.length > longestLine ? undefined : /^ FAIL {2}(?:\|[^|]*\| )?(.+?)(?: \[.*\])?$/.exec(line)?.[1];
    if (name !== undefined) failed.add(name);
  }
  let isOutput = false;
  for (const [at, line] of lines.entries()) {
    const opened = line.length > longestLine ? undefined : /^(?:stdout|stderr) \| (.+)$/.exec(line)?.[1];
    if (opened !== undefined) isOutput = ![...failed].some((name) => name === opened || name.startsWith(`${opened} > `));
    else if (/^ *[✓❯×↓⎯] ?|^ FAIL {2}| Test Files {2}|^ % Coverage|^-{5,}\|/.test(line)) isOutput = false;
    if (isOutput && marks[at] === undefined) marks[at] = line === '' ? filler : passedOutput;
  }
}

/** `  console.log` and what is indented below it belongs to the file named last. */
function markJestOutput(lines: readonly string[], marks: Marks): void {
  let isPassed = false;
  let isOutput = false;
  for (const [at, line] of lines.entries()) {
    if (/^(?:PASS|FAIL|RUNS) /.test(line)) isPassed = line.startsWith('PASS');
    if (/^ {2}console\.\w+$/.test(line)) isOutput = isPassed;
    else if (line !== '' && !line.startsWith('    ')) isOutput = false;
    if (isOutput && marks[at] === undefined) marks[at] = line === '' ? filler : passedOutput;
  }
}

/** A YAML block below a passed test; headings of subtests that passed; plans of subtests. */
function markTapDetails(lines: readonly string[], marks: Marks): void {
  let isDetail = false;
  let result = -1;
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine) continue;
    if (/^ *---$/.test(line)) {
      isDetail = marks[at - 1] !== undefined;
      result = at - 1;
    }
    if (isDetail && /^ *type: 'suite'$/.test(line)) marks[result] = filler;
    if (isDetail) marks[at] = filler;
    if (/^ *\.\.\.$/.test(line)) isDetail = false;
    if (/^ +1\.\.\d+$/.test(line)) marks[at] = filler;
  }
  markHeadings(lines, marks, /^ *# Subtest: /);
  for (const [at, line] of lines.entries())
    if (line.length <= longestLine && /^ *# Subtest: /.test(line)) {
      if (/^ *ok \d+/.test(lines[at + 1] ?? '') && marks[at + 1] !== undefined) marks[at] = filler;
    }
}

/** Between two results stands what the second one printed; a run in which nothing failed printed nothing but that. */
function markBunOutput(lines: readonly string[], marks: Marks): void {
  const hasFailed = lines.some((line) => /^(?:\(fail\)|✗) /.test(line) || /^ *[1-9]\d* (?:fail|error)s?$/.test(line));
  const isWhole = !hasFailed && lines.some((line) => /^ *0 fail$/.test(line));
  let from = -1;
  for (const [at, line] of lines.entries()) {
    const isResult = /^(?:\(\w+\)|✓|✗|»|✎) /.test(line);
    const isHeading = line.length <= longestLine && /^\S+[._](?:test|spec)\.\w+:$/.test(line);
    const isEnd = isResult || isHeading || /^ *\d+ pass$/.test(line);
    if (!isEnd) continue;
    const isUncertain = lines.slice(Math.max(from, 0), at).some((inner) => inner.startsWith('# Unhandled error'));
    if (from >= 0 && !isUncertain && (marks[at] !== undefined || isWhole))
      for (let inner = from; inner < at; inner++) marks[inner] ??= (lines[inner] ?? '') === '' ? filler : passedOutput;
    from = at + 1;
  }
}
