/** Tests of Go: `go test`, with -v, and with -json. */
import type { Family } from '../runs/run-family.ts';
import { longestLine } from '../runs/run-family.ts';
import { filler, type Marks, type Noise, passedOutput, passedTest, passedTests } from '../runs/run-marks.ts';

const okPackages: Noise = { one: 'package that passed', many: 'packages that passed' };
const noTests: Noise = { one: 'package without tests', many: 'packages without tests' };

/** From this many on, packages that passed are noise. */
const manyPackages = 20;

const goTest: Family = {
  name: 'go test',
  sort: 'tests',
  words: ['=== RUN', '--- PASS', '--- FAIL', 'ok  \t', 'FAIL\t', '[no test files]'],
  present: /^=== RUN {3}\S|^ *--- (?:PASS|FAIL): \S+ \(|^(?:ok {2}|FAIL)\t\S+\t[\d.]+s|^\? {3}\t\S+\t\[no test files\]$/m,
  rows: [
    { pattern: /^ *=== (?:RUN|PAUSE|CONT|NAME)\s/, noise: passedTests, amount: () => 0 },
    { pattern: /^ *--- PASS: \S/, noise: passedTests },
    { pattern: /^\? {3}\t\S+\t\[no test files\]$/, noise: noTests },
    { pattern: /^ *\S+\.go:\d+:\s+\S+\s+100\.0%$/, noise: { one: 'fully covered function', many: 'fully covered functions' } },
  ],
  refine: (lines, marks) => {
    markOutput(lines, marks);
    const ok = /^ok {2}\t\S+\t(?:[\d.]+s|\(cached\))$/;
    const passed = lines.flatMap((line, at) => (line.length <= longestLine && ok.test(line) ? [at] : []));
    if (passed.length >= manyPackages) for (const at of passed) marks[at] = [[okPackages, 1]];
  },
};

/** Lines belong to the test that was named last; those of tests that passed are noise, those of tests that failed or never ended are not. */
function markOutput(lines: readonly string[], marks: Marks): void {
  const passed = new Set<string>();
  const failed = new Set<string>();
  for (const line of lines) {
    const [, end, name = ''] = /^ *--- (PASS|FAIL|SKIP): (\S+)/.exec(line.slice(0, longestLine)) ?? [];
    if (end) (end === 'PASS' ? passed : failed).add(name);
  }
  // Where tests run at once, only what `t.Log` wrote is certain to be of the test named last.
  const isCertain = failed.size === 0 || !lines.some((line) => line.startsWith('=== PAUSE'));
  let owner: string | undefined;
  for (const [at, line] of lines.entries()) {
    const named = line.length > longestLine ? null : /^ *(?:=== (?:RUN|CONT|NAME) +|--- (?:PASS|FAIL|SKIP): )(\S+)/.exec(line);
    if (named) {
      owner = named[1];
      // What says that a test began stays with a test that failed or never ended.
      if (owner !== undefined && marks[at] !== undefined && (failed.has(owner) || !passed.has(owner)) && /=== RUN/.test(line))
        marks[at] = undefined;
    } else if (/^ *=== PAUSE/.test(line) || /^(?:PASS|FAIL|ok {2}\t|FAIL\t|exit status |panic: |goroutine \d|testing: )/.test(line))
      owner = undefined;
    else if (owner !== undefined && passed.has(owner) && !failed.has(owner) && (isCertain || /^ {4,}\S+\.go:\d+: /.test(line)))
      marks[at] ??= line === '' ? filler : passedOutput;
  }
}

const event = /^\{"Time":"[^"]*","Action":"(\w+)","Package":"([^"]*)"(?:,"Test":"((?:[^"\\]|\\.)*)")?/;

const goTestEvents: Family = {
  name: 'go test -json',
  sort: 'tests',
  words: ['"Action":'],
  present: /^\{"Time":"[^"]*","Action":"(?:start|run|output|pass|fail|pause|cont)","Package":"/m,
  rows: [],
  refine: (lines, marks) => {
    const passed = new Set<string>();
    const tests = lines.map((line) => {
      const [, action, pack, test] = event.exec(line.slice(0, longestLine)) ?? [];
      const name = test === undefined ? undefined : `${pack} ${test}`;
      if (name !== undefined && action === 'pass') passed.add(name);
      return name === undefined ? undefined : { name, action };
    });
    for (const [at, test] of tests.entries())
      if (test && passed.has(test.name)) marks[at] = test.action === 'pass' ? passedTest : test.action === 'output' ? passedOutput : filler;
  },
};

export const goTests: readonly Family[] = [goTestEvents, goTest];
