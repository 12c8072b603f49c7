/** The finder that gates every excerpt: it must find a loss where there is one, and only there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineIndex, leastLength } from '../scripts/bench/line-index.ts';
import { findRecall, type Recalled } from '../scripts/bench/recall-finder.ts';
import { wayOf } from '../scripts/bench/recall-ways.ts';
import type { Entry, ReplayedSession } from '../scripts/bench/replay.ts';
import type { Block, ToolCall } from '../src/block.ts';

/** What a step of a session is: a result and what it became, a call, or something said; `message` counts on. */
type Step = { result: string; became?: string; of?: ToolCall } | { call: ToolCall } | { said: string; sameMessage?: boolean };

const read: ToolCall = { tool: 'Read', input: { file_path: '/project/a.ts' } };
const list: ToolCall = { tool: 'Bash', input: { command: 'ls' } };

function recallOf(...steps: Step[]): Recalled[] {
  return findRecall({ lossless: sessionOf(steps, false), standard: sessionOf(steps, true) }).standard.recalled;
}

function sessionOf(steps: readonly Step[], isShrunk: boolean): ReplayedSession {
  let message = 0;
  const entries = steps.map((step, at): Entry => {
    const before = steps[at - 1];
    if (!(before && 'said' in before && before.sameMessage)) message++;
    const became = 'became' in step && isShrunk ? step.became : undefined;
    const record =
      became === undefined
        ? undefined
        : {
            key: String(at),
            tool: 'Bash',
            carried: false,
            form: 'excerpt' as const,
            reason: 'shrunk',
            kind: 'test',
            levers: {},
            tokensBefore: 2,
            tokensAfter: 1,
          };
    return { block: blockOf(step, String(at)), message, replacement: became, record, before: 0, after: 0 };
  });
  return { id: 's', agent: 'a', contexts: [{ entries, requests: [] }], prefixViolations: 0 };
}

function blockOf(step: Step, key: string): Block {
  if ('call' in step) return { key, source: 'call', text: '', call: step.call };
  if ('said' in step) return { key, source: 'said', text: step.said, call: undefined };
  return { key, source: 'result', text: step.result, call: step.of ?? list };
}

function bash(command: string): { call: ToolCall } {
  return { call: { tool: 'Bash', input: { command } } };
}

function edit(old: string, fresh = 'x'): { call: ToolCall } {
  return { call: { tool: 'Edit', input: { file_path: 'a.ts', old_string: old, new_string: fresh } } };
}

function ways(recalled: readonly Recalled[]): string[] {
  return recalled.map(({ text, way }) => `${way}: ${text}`);
}

describe('a string that a later call says', () => {
  const output = 'first line of it all\nlib/deep/wanted-name.ts\nlast line of it all';

  test('is lost where no outgoing text shows it', () => {
    const recalled = recallOf({ result: output, became: 'first line of it all\n[… 2 lines]' }, bash('cat lib/deep/wanted-name.ts'));
    expect(ways(recalled)).toEqual(['lost: lib/deep/wanted-name.ts']);
    expect(recalled[0]?.origin?.record?.kind).toBe('test');
  });

  test('is there where the result went out as it came, or another text shows it', () => {
    expect(ways(recallOf({ result: output }, bash('cat lib/deep/wanted-name.ts')))).toEqual(['as it is: lib/deep/wanted-name.ts']);
    const recalled = recallOf(
      { result: output, became: '[… 3 lines]' },
      { said: 'see lib/deep/wanted-name.ts there' },
      bash('cat lib/deep/wanted-name.ts'),
    );
    expect(ways(recalled)).toEqual(['as it is: lib/deep/wanted-name.ts']);
  });

  test('is not made visible by what the assistant says right before the call', () => {
    const [lost] = recallOf(
      { result: output, became: '[… 3 lines]' },
      { said: 'I open lib/deep/wanted-name.ts', sameMessage: true },
      bash('cat lib/deep/wanted-name.ts'),
    );
    expect(lost?.way).toBe('lost');
  });

  test('counts once: after the first call it stands in a call', () => {
    const recalled = recallOf(
      { result: output, became: '[… 3 lines]' },
      bash('cat lib/deep/wanted-name.ts'),
      bash('rm lib/deep/wanted-name.ts'),
    );
    expect(recalled.map(({ way }) => way)).toEqual(['lost', 'as it is']);
  });

  test('counts only where a result showed it, in 12 characters or more, within a line', () => {
    expect(recallOf({ result: output, became: '[… 3 lines]' }, bash('never seen before, wanted-name'))).toEqual([]);
    expect(recallOf({ result: 'abcdefgh\nijklmnopq', became: '[… 2 lines]' }, bash('abcdefgh\nijklmnopq'))).toEqual([]);
    expect(recallOf({ result: '-'.repeat(80), became: '[… 1 line]' }, bash('-'.repeat(60)))).toEqual([]);
  });

  test('is as long as it can be', () => {
    const recalled = recallOf({ result: 'alpha beta gamma delta' }, bash('see beta gamma delta epsilon'));
    expect(ways(recalled)).toEqual(['as it is:  beta gamma delta']);
  });
});

test('a call made again after an excerpt is told, and whether it returned the same', () => {
  const first = bash('npm test').call;
  const again = { ...first };
  const rerunsWith = (result: string) => {
    const steps: Step[] = [{ result: 'a\nb\nc', became: '[… 3 lines]', of: first }, { call: again }, { result, of: again }];
    return findRecall({ lossless: sessionOf(steps, false), standard: sessionOf(steps, true) }).standard.reruns.map(({ isSame }) => isSame);
  };
  expect(rerunsWith('a\nb\nc')).toEqual([true]);
  expect(rerunsWith('a\nb\nd')).toEqual([false]);
});

describe('what an edit quotes', () => {
  const file = '  1\tfunction wantedName() {\n  2\t  return otherName();\n  3\t}';

  test('is there without its line number', () => {
    const shown = 'function wantedName() {\n  return otherName();\n}';
    const recalled = recallOf({ result: file, became: shown, of: read }, edit('function wantedName() {\n  return otherName();'));
    expect(ways(recalled)).toEqual(['as it is: function wantedName() {', 'as it is:   return otherName();']);
    expect(recalled.every(({ isEdit }) => isEdit)).toBe(true);
  });

  test('is lost where its indentation is', () => {
    const recalled = recallOf(
      { result: file, became: 'function wantedName() {\nreturn otherName();\n}', of: read },
      edit('  return otherName();'),
    );
    expect(ways(recalled)).toEqual(['lost:   return otherName();']);
  });

  test('is read from patches: context and removed lines, not added ones', () => {
    const patch = [
      '*** Begin Patch',
      '*** Update File: b.ts',
      '@@',
      ' function wantedName() {',
      '-  return otherName();',
      '+  return third();',
      '*** End Patch',
    ];
    const recalled = recallOf({ result: file, of: read }, { call: { tool: 'apply_patch', input: { input: patch.join('\n') } } });
    expect(recalled.filter(({ isEdit }) => isEdit).map(({ text }) => text)).toEqual(['function wantedName() {', '  return otherName();']);
  });
});

describe('shown otherwise', () => {
  test.each([
    ['src/deep/a.ts:12:call()', 'src/deep/a.ts\n7:other\n12:call()\nsrc/deep/b.ts\n1:x', 'heading and entry'],
    ['src/deep/b.ts:12:call()', 'src/deep/a.ts\n12:call()\nsrc/deep/b.ts\n1:x', undefined],
    ['src/deep/a.ts', 'src/deep/\n  a.ts\n  b.ts', 'heading and entry'],
    ['src/deep/a.ts', 'src/\n  deep/\n    a.ts\n  shallow/\n    b.ts', 'heading and entry'],
    ['src/shallow/a.ts', 'src/\n  deep/\n    a.ts\n  shallow/\n    b.ts', undefined],
    ['src/deep/a.ts', 'src/deep:\nb.ts\n\nsrc/shallow:\na.ts', undefined],
    ['/home/src/deep/b.ts', 'Paths below /home/src/:\ndeep/\n a.ts\n12:call()\n b.ts\n1:x', 'heading and entry'],
    ['/home/src/deep/c.ts', 'Paths below /home/src/:\ndeep/\n a.ts\n12:call()\n b.ts\n1:x', undefined],
    ['src/deep/b.ts:call()', 'src/\n deep/a.ts:\n:other()\n deep/b.ts:\n:call()', 'heading and entry'],
    ['core test: all add up', '[2 lines, each begins "@shop/core test: "]\nnone\nall add up\nno', 'heading and entry'],
    ['core test: none of it', '[1 lines, each begins "@shop/core test: "]\nall\nnone of it', undefined],
    ['he said \\"no\\" to it', 'he said "no" to it', 'unescaped'],
    ['he said "no" to it', '"he said ""no"" to it"', 'unescaped'],
    ['first\\nsecond line', 'first\nsecond line', 'unescaped'],
    ['NAME      READY', 'NAME READY', 'but for spacing'],
    ['"name": "alpha-one", "id": 17', 'name id\nalpha-one 17', 'name and cell'],
    ['host/runs/17', 'JSON\n  url = https://host/runs/{id}\nname\tid\nalpha\t17', 'name and cell'],
    ['host/runs/18', 'JSON\n  url = https://host/runs/{id}\nname\tid\nalpha\t17', undefined],
    ['/src/total.ts ', 'diff src/total.ts\n+x', 'but for spacing'],
    ['"name": "alpha-two", "id": 17', 'name id\nalpha-one 17', undefined],
  ] as const)('%s', (wanted, outgoing, way) => {
    expect(wayOf(wanted, outgoing)).toBe(way);
  });
});

describe('the index of lines', () => {
  test('finds every maximal shared string, as looking at every place would', () => {
    const line = fc
      .array(fc.constantFrom('alpha ', 'beta/', '      ', 'x', '------', '\t', 'é'), { maxLength: 12 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), line, (lines, text) => {
        const index = new LineIndex();
        for (const [at, one] of lines.entries()) index.add(one, at % 2 === 0 ? 1 : 2);
        const even = lines.filter((_, at) => at % 2 === 0);
        const odd = lines.filter((_, at) => at % 2 === 1);
        const found = index.shared(text, 1).map(({ from, until }) => text.slice(from, until));
        expect(found).toEqual(maximal(text, even));
        for (const one of found) expect(index.shows(one, 2)).toBe(odd.some((other) => other.includes(one)));
      }),
      { numRuns: 400 },
    );
  });
});

/** By brute force: from every place the longest that some line holds, where it ends behind what began before. */
function maximal(text: string, lines: readonly string[]): string[] {
  const found: string[] = [];
  let reached = 0;
  for (let from = 0; from < text.length; from++) {
    let until = text.length;
    while (until - from >= leastLength && !lines.some((line) => line.includes(text.slice(from, until)))) until--;
    if (until - from < leastLength || until <= reached) continue;
    reached = until;
    if (/[\p{L}\p{N}]/u.test(text.slice(from, until))) found.push(text.slice(from, until));
  }
  return found;
}
