/** Test runners of JavaScript and TypeScript: vitest, jest, mocha, node:test, bun, deno, Playwright, TAP. */
import { type Family, markScopes, type Row } from '../runs/run-family.ts';
import { markHeadings } from '../runs/run-headings.ts';
import {
  coveredFiles,
  mostSkipped,
  outputOfPassed,
  passedFiles,
  passedOutput,
  passedTest,
  passedTests,
  skippedTests,
} from '../runs/run-marks.ts';
import {
  markBunOutput,
  markDenoOutput,
  markEndsOfSuites,
  markJestOutput,
  markTapDetails,
  markVitestOutput,
} from './test-runs-javascript-marks.ts';

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
    { pattern: /^ +↓ \S.*$/, noise: skippedTests, shown: mostSkipped },
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
    { pattern: /^ {2,}○ skipped \S.*$/, noise: skippedTests, shown: mostSkipped },
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
    markDenoOutput(lines, marks);
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
