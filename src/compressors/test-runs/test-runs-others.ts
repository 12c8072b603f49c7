/** Test runners of other languages, where a line says by itself that a test passed: cargo, ctest, GoogleTest, JVM, .NET, PHP, Ruby, Swift, PowerShell. */
import { type Family, markScopes } from '../runs/run-family.ts';
import { type Noise, passedFiles, passedOutput, passedTest, passedTests } from '../runs/run-marks.ts';

const begun: Noise = { one: 'test begun', many: 'tests begun' };

const cargo: Family = {
  name: 'cargo test',
  sort: 'tests',
  words: ['running ', 'test result: ', 'PASS [', 'FAIL ['],
  present: /^running \d+ tests?$|^test result: (?:ok|FAILED)\. |^ +(?:PASS|FAIL) \[ *[\d.]+s\] /m,
  rows: [
    { pattern: /^test \S.* \.\.\. ok(?: <[\d.]+s>)?$/, noise: passedTests },
    { pattern: /^ +PASS \[ *[\d.]+s\] \S.*$/, noise: passedTests },
  ],
};

const ctest: Family = {
  name: 'ctest',
  sort: 'tests',
  words: [' Test ', ' tests passed'],
  present: /^ *\d+\/\d+ Test +#\d+: |^\d+% tests passed, \d+ tests failed out of \d+$/m,
  rows: [
    { pattern: /^ *\d+\/\d+ Test +#\d+: \S+ \.* +Passed +[\d.]+ sec$/, noise: passedTests },
    { pattern: /^ *Start +\d+: \S+$/, noise: begun, amount: () => 0 },
  ],
};

const googleTest: Family = {
  name: 'GoogleTest',
  sort: 'tests',
  words: ['=] Running'],
  present: /^\[=+\] Running \d+ tests? from \d+ test/m,
  rows: [{ pattern: /^\[-+\] (?:\d+ tests? from \S.*|Global test environment .*)$/, noise: begun, amount: () => 0 }],
  refine: (lines, marks) => {
    const test = { opens: /^\[ RUN {6}\] (\S+)$/, passes: /^\[ {7}OK \] (\S+) \(\d+ ms\)$/, fails: /^\[ {2}FAILED {2}\] / };
    markScopes(lines, marks, test, passedTest, passedOutput);
  },
};

const surefire: Family = {
  name: 'Maven tests',
  sort: 'tests',
  words: ['Tests run: '],
  present: /^(?:\[INFO\] )?Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+/m,
  rows: [
    { pattern: /^(?:\[INFO\] )?Running [\w.$]+$/, noise: begun, amount: () => 0 },
    {
      pattern: /^(?:\[INFO\] )?Tests run: (\d+), Failures: 0, Errors: 0, Skipped: 0, Time elapsed: .*$/,
      noise: passedTests,
      amount: ([, run]) => Number(run),
    },
  ],
};

const gradle: Family = {
  name: 'Gradle tests',
  sort: 'tests',
  words: [' PASSED', ' FAILED'],
  present: /^\S.* > \S.* (?:PASSED|FAILED)$/m,
  rows: [{ pattern: /^\S.* > \S.* PASSED(?: \([\d.]+m?s\))?$/, noise: passedTests }],
};

const scala: Family = {
  name: 'ScalaTest',
  sort: 'tests',
  words: ['Tests: succeeded'],
  present: /^\[info\] Tests: succeeded \d+, failed \d+/m,
  rows: [{ pattern: /^\[info\] +- (?!.*\*\*\* FAILED|.*!!!).+$/, noise: passedTests }],
};

const dotnet: Family = {
  name: 'dotnet test',
  sort: 'tests',
  words: ['Passed', 'Failed', 'Test Run '],
  present: /^(?:Passed|Failed)! +- Failed: +\d+|^Test Run (?:Successful|Failed)\.$|^ {2}(?:Passed|Failed) \S.* \[.*\]$/m,
  rows: [{ pattern: /^ {2}Passed \S.* \[[^\]]*\]$/, noise: passedTests }],
};

const phpunit: Family = {
  name: 'PHPUnit',
  sort: 'tests',
  words: ['Sebastian Bergmann'],
  present: /^PHPUnit \d[\d.]* by Sebastian Bergmann/m,
  rows: [
    { pattern: /^(\.+) +\d+ \/ \d+ \( *\d+%\)$/, noise: passedTests, amount: ([, signs = '']) => signs.length },
    { pattern: /^ [✔✓] \S.*$/, noise: passedTests },
  ],
};

const pest: Family = {
  name: 'Pest',
  sort: 'tests',
  words: [' assertions)'],
  present: /^ {2}Tests: +(?:\d+ failed, )?\d+ passed \(\d+ assertions\)$/m,
  rows: [{ pattern: /^ {2}✓ \S.*$/, noise: passedTests }],
};

const rspec: Family = {
  name: 'RSpec',
  sort: 'tests',
  words: [' examples, ', ' example, '],
  present: /^\d+ examples?, \d+ failures?/m,
  rows: [{ pattern: /^(\.+)$/, noise: passedTests, amount: ([, signs = '']) => signs.length }],
};

const xctest: Family = {
  name: 'XCTest',
  sort: 'tests',
  words: ['Test Suite '],
  present: /^Test Suite '.*' started at /m,
  rows: [],
  refine: (lines, marks) => {
    const test = {
      opens: /^Test Case '(.+)' started(?: at .*)?\.$/,
      passes: /^Test Case '(.+)' passed \([\d.]+ seconds\)\.?$/,
      fails: /^Test Case '.+' failed/,
    };
    markScopes(lines, marks, test, passedTest, passedOutput);
  },
};

const pester: Family = {
  name: 'Pester',
  sort: 'tests',
  words: ['Tests Passed: ', 'Pester v', 'Discovery found'],
  present: /^Tests Passed: \d+, Failed: \d+|^Pester v\d|^Discovery found \d+ tests? in /m,
  rows: [
    { pattern: /^\[\+\] \S.*\.ps1 [\d.]+m?s(?: \(.*\))?$/, noise: passedFiles },
    { pattern: /^ *\[\+\] \S.* [\d.]+m?s(?: \(.*\))?$/, noise: passedTests },
  ],
};

export const otherTests: readonly Family[] = [
  cargo,
  ctest,
  googleTest,
  surefire,
  gradle,
  scala,
  dotnet,
  phpunit,
  pest,
  rspec,
  xctest,
  pester,
];
