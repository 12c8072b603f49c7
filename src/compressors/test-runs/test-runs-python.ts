/** Test runners of Python: pytest (with -v, -rA, xdist, coverage), unittest and Django's, sympy's. */
import { type Family, longestLine } from '../runs/run-family.ts';
import { coveredFiles, filler, type Marks, mostSkipped, type Noise, passedOutput, passedTests, skippedTests } from '../runs/run-marks.ts';

const startedTests: Noise = { one: 'test begun', many: 'tests begun' };
const setUp: Noise = { one: 'step of setting up the database', many: 'steps of setting up the database' };

const dots = ([, signs = '']: RegExpExecArray): number => signs.split('.').length - 1;

const pytest: Family = {
  name: 'pytest',
  sort: 'tests',
  words: ['====', ' PASSED ', ' passed', ' failed'],
  present:
    /^=+ (?:test session starts|short test summary info|FAILURES|ERRORS|PASSES|warnings summary|\d+ (?:passed|failed).* in [\d.]+s.*) =+$|^\S+::\S.* PASSED +\[ *\d+%\]$|^\d+ (?:passed|failed)[^\n]* in [\d.]+s/m,
  rows: [
    { pattern: /^[^\s:]+::.* PASSED(?: +\[ *\d+%\])?$/, noise: passedTests },
    { pattern: /^\[gw\d+\] (?:\[ *\d+%\] )?PASSED \S.*$/, noise: passedTests },
    { pattern: /^\S+\.py::\S.* $/, noise: startedTests, amount: () => 0 },
    { pattern: /^PASSED \S.*$/, noise: passedTests },
    { pattern: /^[^\s:]+::.* (?:SKIPPED|XFAIL)\b.*$/, noise: skippedTests, shown: mostSkipped },
    { pattern: /^(?:\S+\.py )?(\.+) *(?:\[ *\d+%\])?$/, noise: passedTests, amount: dots },
    { pattern: /^\S+\.pyi?\s+\d+\s+0(?:\s+\d+\s+0)?\s+100%$/, noise: coveredFiles },
  ],
  refine: (lines, marks) => {
    markPasses(lines, marks);
    markNamedBelow(lines, marks);
    markLibraryFrames(lines, marks);
  },
};

const unittest: Family = {
  name: 'unittest',
  sort: 'tests',
  words: ['Ran ', ' ... '],
  present: /^Ran \d+ tests? in [\d.]+s$|^test\w* \([\w.]+\) \.\.\. (?:ok|FAIL|ERROR)$/m,
  rows: [
    { pattern: /^\S.* \.\.\. ok$/, noise: passedTests },
    { pattern: /^\S.* \.\.\. skipped ['"].*$/, noise: skippedTests, shown: mostSkipped },
    { pattern: /^(\.+)$/, noise: passedTests, amount: dots },
    { pattern: /^ +(?:Creating tables\.\.\.|Creating table \S+|Running deferred SQL\.\.\.|Applying \S+\.\.\. OK)$/, noise: setUp },
  ],
  refine: (lines, marks) => {
    // With a docstring, the name stands on a line of its own, above it.
    for (let at = lines.length - 2; at >= 0; at--)
      if (marks[at + 1]?.[0]?.[0] === passedTests && /^test\w* \([\w.]+\)$/.test(lines[at] ?? '')) marks[at] = filler;
  },
};

const sympy: Family = {
  name: 'sympy',
  sort: 'tests',
  words: ['test process starts'],
  present: /^=+ test process starts =+$/m,
  rows: [
    { pattern: /^test_\w+ ok$/, noise: passedTests },
    { pattern: /^test_\w+ (?:.* )?s$/, noise: skippedTests, shown: mostSkipped },
  ],
};

export const pythonTests: readonly Family[] = [pytest, unittest, sympy];

/** `-rA` prints what passed tests printed, in a section of its own. */
function markPasses(lines: readonly string[], marks: Marks): void {
  let isPasses = false;
  for (const [at, line] of lines.entries()) {
    if (/^=+ .* =+$/.test(line)) isPasses = /^=+ PASSES =+$/.test(line);
    else if (isPasses) marks[at] = line === '' ? filler : passedOutput;
  }
}

const failedBelow: Noise = { one: 'failed test named in the summary below', many: 'failed tests named in the summary below' };

/** Where many tests fail, `-v` and the summary name each of them: the summary stays. */
function markNamedBelow(lines: readonly string[], marks: Marks): void {
  const named = new Set<string>();
  const failed: [at: number, name: string][] = [];
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine || !line.includes('::')) continue;
    const [, status = '', name = ''] = /^(FAILED|ERROR) (\S.*?)(?: - .*)?$/.exec(line) ?? [];
    if (status !== '') named.add(`${status} ${name}`);
    const [, own = '', result = ''] = /^([^\s:]+::.*) (FAILED|ERROR)(?: +\[ *\d+%\])?$/.exec(line) ?? [];
    if (result !== '') failed.push([at, `${result} ${own}`]);
  }
  if (failed.length < manyFailed) return;
  for (const [at, name] of failed) if (named.has(name)) marks[at] = [[failedBelow, 1]];
}

const manyFailed = 40;

const frames: Noise = { one: 'line of frames in libraries', many: 'lines of frames in libraries', whole: 'frames in libraries' };
const library = /(?:^|[\\/])(?:site-packages|dist-packages|lib[\\/]python[\d.]+|Lib)[\\/]\S*\.py:\d+: /;

/** Long tracebacks show the source around every frame, between rules of `_ _ _`; those of libraries go, but for the one that raised. */
function markLibraryFrames(lines: readonly string[], marks: Marks): void {
  let from = -1;
  for (const [at, line] of lines.entries()) {
    if (!/^(?:_ ){2,}_? ?$/.test(line)) {
      if (/^_{3,} .* _{3,}$/.test(line) || /^=+ .* =+$/.test(line)) from = at + 1;
      continue;
    }
    const place = (lines[at - 1] ?? '') === '' ? (lines[at - 2] ?? '') : (lines[at - 1] ?? '');
    if (from >= 0 && library.test(place)) for (let inner = from; inner <= at; inner++) marks[inner] = [[frames, 1]];
    from = at + 1;
  }
}
