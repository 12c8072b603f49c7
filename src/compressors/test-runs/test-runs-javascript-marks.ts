/** What runners of JavaScript print over several lines: output of tests, details, ends of suites. */
import { longestLine } from '../runs/run-family.ts';
import { markHeadings } from '../runs/run-headings.ts';
import { filler, type Marks, passedOutput } from '../runs/run-marks.ts';

/** `▶ total` … `✔ total (3ms)`: the end of a suite is no test. */
export function markEndsOfSuites(lines: readonly string[], marks: Marks): void {
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
export function markVitestOutput(lines: readonly string[], marks: Marks): void {
  const failed = new Set<string>();
  for (const line of lines) {
    const name = line.length > longestLine ? undefined : /^ FAIL {2}(?:\|[^|]*\| )?(.+?)(?: \[.*\])?$/.exec(line)?.[1];
    if (name !== undefined) failed.add(name);
  }
  // With every name, those of the files and groups that it is in.
  for (const name of [...failed])
    for (let end = name.indexOf(' > '); end >= 0; end = name.indexOf(' > ', end + 1)) failed.add(name.slice(0, end));
  let isOutput = false;
  for (const [at, line] of lines.entries()) {
    const opened = line.length > longestLine ? undefined : /^(?:stdout|stderr) \| (.+)$/.exec(line)?.[1];
    if (opened !== undefined) isOutput = !failed.has(opened);
    else if (/^ *[✓❯×↓⎯] ?|^ FAIL {2}| Test Files {2}|^ % Coverage|^-{5,}\|/.test(line)) isOutput = false;
    if (isOutput && marks[at] === undefined) marks[at] = line === '' ? filler : passedOutput;
  }
}

/** `  console.log` and what is indented below it belongs to the file named last. */
export function markJestOutput(lines: readonly string[], marks: Marks): void {
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
export function markTapDetails(lines: readonly string[], marks: Marks): void {
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
export function markBunOutput(lines: readonly string[], marks: Marks): void {
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

/** Output stands between rules, and the result of its test below it. */
export function markDenoOutput(lines: readonly string[], marks: Marks): void {
  let from = -1;
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine) continue;
    if (/^-+ (?:post-test )?output -+$/.test(line)) from = at;
    else if (from >= 0 && /-{5} (?:post-test )?output end -{5}$/.test(line)) {
      if (/ \.\.\. ok \([^)]*\)$/.test((lines[at + 1] ?? '').slice(0, longestLine)))
        for (let inner = from; inner <= at; inner++) marks[inner] = (lines[inner] ?? '') === '' ? filler : passedOutput;
      from = -1;
    }
  }
}
