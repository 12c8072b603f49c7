/** The plan for a cold moment: which old results are told shorter, and that nothing goes which later calls would copy. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '../src/block.ts';
import { planCold } from '../src/pipeline/cold.ts';
import { createMessageReader, type ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { conversation } from './helpers/conversations.ts';
import { shownBy } from './helpers/read-gaps.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

type Input = Readonly<Record<string, unknown>>;

function blocksOf(messages: readonly ParsedMessage[]): Block[] {
  const reader = createMessageReader('scope');
  return messages.flatMap((message) => reader.next(message));
}

let calls = 0;

function turn(name: string, input: Input, content: string): ParsedMessage[] {
  const id = `t${calls++}`;
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  ];
}

const bash = (command: string, output: string) => turn('Bash', { command }, output);
const read = (path: string, lines: readonly string[], from = 1) =>
  turn('Read', { file_path: path, offset: from }, lines.map((line, at) => `${from + at}\t${line}`).join('\n'));
const say = (content: string): ParsedMessage => ({ role: 'user', content });
const newer = (count = 32) => Array.from({ length: count }, (_, at) => bash(`echo ${at}`, `word ${at} `.repeat(60))).flat();
const prose = (count: number, of = 'a plain sentence about nothing in particular') =>
  Array.from({ length: count }, (_, at) => `${of}, ${at}`);

/** What the plan shows of each result that it chose, the newest results and a question put behind the messages. */
function planned(...messages: readonly ParsedMessage[]): string[] {
  const blocks = blocksOf([say('please do it'), ...messages, ...newer(), say('and now?')]);
  return [...planCold(blocks)].sort(([one], [other]) => one - other).map(([, { text }]) => text);
}

const report = [
  '## What I found',
  ...prose(30),
  'It is decided in src/store/decisions.ts.',
  ...prose(30),
  'The reader is called readDecisions there.',
  ...prose(30),
  'Ask me for more.',
  'Done.',
];

describe('what stays of an output', () => {
  test('its ends, and each line that alone shows a path or an identifier', () => {
    expect(planned(...bash('make report', report.join('\n')))).toEqual([
      [
        '## What I found',
        'a plain sentence about nothing in particular, 0',
        '[… 29 lines]',
        'It is decided in src/store/decisions.ts.',
        '[… 30 lines]',
        'The reader is called readDecisions there.',
        '[… 30 lines]',
        'Ask me for more.',
        'Done.',
      ].join('\n'),
    ]);
  });

  test('no line for a name that something else shows', () => {
    const [shown = ''] = planned(...bash('make report', report.join('\n')), say('readDecisions in /project/src/store/decisions.ts?'));
    expect(shown).toMatch(/^## What I found\n.*\n\[… 91 lines\]\nAsk me for more\.\nDone\.$/);
  });

  test('the lines that tell how it went', () => {
    const output = [...prose(60), 'warning: the cache is old', ...prose(60), '12 passed in 3 s', ...prose(20)];
    const [shown] = planned(...bash('make', output.join('\n')));
    expect(shown?.split('\n')).toContain('warning: the cache is old');
    expect(shown?.split('\n')).toContain('12 passed in 3 s');
  });

  test('of a page its beginning and its end', () => {
    const page = [...prose(50), 'see https://example.org/a/b for parseThings', ...prose(50)];
    const [shown] = planned(...turn('WebFetch', { url: 'https://example.org', prompt: 'what?' }, page.join('\n')));
    expect(shown?.split('\n')).toEqual([...page.slice(0, 6), '[… 91 lines]', ...page.slice(-4)]);
  });
});

describe('what a later call wrote out', () => {
  const file = prose(60, 'const value = other()');
  const code = file.join('\n');
  const write = (content: string) => turn('Write', { file_path: '/p/b.ts', content }, 'written');

  test('goes from whatever showed it before, line for line', () => {
    const [shown] = planned(...read('/p/a.ts', file), ...write(file.slice(10, 50).join('\n')));
    expect(shown?.split('\n')).toEqual([
      ...file.slice(0, 10).map((line, at) => `${at + 1}\t${line}`),
      '[… 40 lines]',
      ...file.slice(50).map((line, at) => `${at + 51}\t${line}`),
    ]);
    expect(planned(...turn('Task', { prompt: 'look' }, code), ...write(code))).toEqual(['[… 60 lines]']);
  });

  test('stays where it was written before, otherwise, in another order or in part', () => {
    expect(planned(...write(code), ...read('/p/a.ts', file))).toEqual([]);
    expect(planned(...read('/p/a.ts', file), ...write(file.map((line) => `  ${line}`).join('\n')))).toEqual([]);
    expect(planned(...read('/p/a.ts', file), ...write([...file].reverse().join('\n')))).toEqual([]);
    expect(planned(...read('/p/a.ts', file), ...write(file.slice(10, 13).join('\n')))).toEqual([]);
  });
});

describe('what is left as it is', () => {
  const long = prose(120).join('\n');

  test('the newest results', () => {
    const blocks = (count: number) => blocksOf([say('please'), ...bash('make one', long), ...newer(count), say('and now?')]);
    expect(planCold(blocks(29)).size).toBe(0);
    expect(planCold(blocks(30)).size).toBe(1);
  });

  test('what one of the last calls copied from, where nothing else shows it', () => {
    const rows = Array.from({ length: 80 }, (_, at) => `row ${at} took ${(at * 7919) % 9973} ms`);
    const copy = bash(`echo "${rows[40]}"`, 'done');
    const plan = (...after: readonly ParsedMessage[]) =>
      planCold(blocksOf([say('please'), ...bash('make', rows.join('\n')), ...after, say('and now?')])).size;
    expect(plan(...newer())).toBe(1);
    expect(plan(...newer(), ...copy)).toBe(0);
    expect(plan(...copy, ...newer())).toBe(1);
    expect(plan(say(`of all ${rows[40]}`), ...newer(), ...copy)).toBe(1);
  });

  test('reports of subagents and other tools', () => {
    expect(planned(...turn('Task', { prompt: 'look' }, report.join('\n')))).toEqual([]);
    expect(planned(...turn('mcp__x__query', { q: 'look' }, long))).toEqual([]);
    const same = turn('mcp__x__query', { q: 'look' }, 'nothing any more');
    expect(planned(...turn('mcp__x__query', { q: 'look' }, long), ...same)).toHaveLength(1);
  });

  test('what a file holds, unless its lines were read again or it was written anew', () => {
    const file = prose(120, 'const value = other()');
    expect(planned(...read('/p/a.ts', file))).toEqual([]);
    expect(planned(...bash('cat /p/a.ts', file.join('\n')))).toEqual([]);
    expect(planned(...bash('cd /p && ls -la', file.join('\n')))).toEqual([]);
    expect(planned(...turn('Grep', { pattern: 'value' }, file.join('\n')))).toEqual([]);
    const changed = prose(120, 'const fresh = other()');
    expect(planned(...read('/p/a.ts', file.slice(20, 110), 21), ...read('/p/a.ts', changed))).toHaveLength(1);
    expect(planned(...read('/p/a.ts', file.slice(20, 110), 21), ...read('/p/a.ts', changed.slice(0, 60)))).toEqual([]);
    expect(planned(...read('/p/a.ts', file), ...read('/p/b.ts', file))).toEqual([]);
    expect(planned(...read('/p/a.ts', file), ...turn('Write', { file_path: '/p/a.ts', content: 'x' }, 'written'))).toHaveLength(1);
    expect(planned(...turn('Write', { file_path: '/p/a.ts', content: 'x' }, 'written'), ...read('/p/a.ts', file))).toEqual([]);
  });

  test('an error, as long as the same command has not gone well', () => {
    const failed = `${long}\nTests: 1 failed, 7 passed`;
    const passed = `${long}\nTests: 8 passed`;
    expect(planned(...bash('npx vitest run', failed))).toEqual([]);
    expect(planned(...bash('npx vitest run', failed), ...bash('npx vitest run', failed))).toEqual([]);
    expect(planned(...bash('npx vitest run', failed), ...bash('npx vitest run', passed))).toHaveLength(2);
  });

  test('what somebody quotes later', () => {
    const quoted = 'a plain sentence about nothing in particular, 77';
    expect(planned(...bash('make', long), say(`why this?\n> ${quoted}\n`))).toEqual([]);
    expect(planned(say(quoted), ...bash('make', long))).toHaveLength(1);
  });

  test('the answers of the user, plans, and texts that carry our notes', () => {
    expect(planned(...turn('AskUserQuestion', { questions: [] }, long))).toEqual([]);
    expect(planned(...turn('ExitPlanMode', {}, long))).toEqual([]);
    expect(planned(...bash('make', `${long}\n[… 12 lines not shown, full text: /home/dev/originals/0123456789abcdef]`))).toEqual([]);
    expect(planned(...bash('cat /home/dev/.cache/headroom/originals/0123456789abcdef', long))).toEqual([]);
  });

  test('what is too little to be worth a hole', () => {
    expect(planned(...bash('make', prose(9).join('\n')))).toEqual([]);
    const named = prose(60).map((line, at) => (at % 2 === 0 ? line : `${line} in src/part-${at}.ts`));
    expect(planned(...bash('make', named.join('\n')))).toEqual([]);
  });

  test('lines that a newer result shows all the same', () => {
    const [first, second] = [bash('make one', long), bash('make two', long)];
    expect(planned(...first, ...second)).toHaveLength(2);
    expect(planned(...first, say(long.replaceAll('a plain', 'no plain')))).toHaveLength(1);
    const stays = turn('Read', { file_path: '/p/a.txt' }, prose(120).join('\n'));
    expect(planned(...first, ...stays)).toEqual([]);
  });

  test('the results of one call do not supersede each other', () => {
    const parts = [report.join('\n'), long].map((text) => ({ type: 'text', text }));
    const messages: ParsedMessage[] = [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'two', name: 'Glob', input: { pattern: '*' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'two', content: parts }] },
    ];
    expect(planned(...messages)).toEqual([]);
    expect(planned(...messages, ...turn('Glob', { pattern: '*' }, 'none'))).toHaveLength(2);
  });
});

describe('over random conversations', () => {
  const line = fc.oneof(
    fc.constantFrom(
      ...prose(12),
      '',
      '}',
      'Error: it failed',
      '3 passed',
      'src/a/b.ts:12: readThing',
      'callOther(readThing)',
      'one\u2028two',
    ),
    fc.string({ maxLength: 80, unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
  );
  const text = fc.array(line, { minLength: 1, maxLength: 120, size: 'max' }).map((lines) => lines.join('\n'));
  const step = fc.oneof(
    fc.tuple(fc.constantFrom('make', 'npm test', 'git log', 'cat a.ts', 'rg x'), text).map(([command, output]) => bash(command, output)),
    fc
      .tuple(fc.constantFrom('Task', 'WebFetch', 'mcp__x__snapshot', 'Glob'), text)
      .map(([tool, output]) => turn(tool, { q: 'what' }, output)),
    text.map((said) => [say(said)]),
    conversation,
  );
  const any = fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }).map((steps) => blocksOf([...steps.flat(), ...newer()]));

  test('whole lines in order with true counts, the same each time, and less than before', () => {
    let seen = 0;
    fc.assert(
      fc.property(any, (blocks) => {
        const plan = planCold(blocks);
        expect(planCold(structuredClone(blocks))).toEqual(plan);
        for (const [at, excerpt] of plan) {
          const block = blocks[at]!;
          seen++;
          expect(block.source).toBe('result');
          expect(excerpt.text.length).toBeLessThan(block.text.length);
          expect(shownBy(block.text, excerpt.text).hidden).toBe(excerpt.hidden);
        }
      }),
      { numRuns: 50 },
    );
    expect(seen).toBeGreaterThan(30);
  });

  test('no path and no identifier goes from the conversation, pages aside', () => {
    fc.assert(
      fc.property(any, (blocks) => {
        const plan = planCold(blocks);
        const shown = blocks.map(({ source, text, call }, at) =>
          source === 'call' ? JSON.stringify(call?.input) : (plan.get(at)?.text ?? text),
        );
        const all = shown.join('\n');
        for (const [at] of plan) {
          if (blocks[at]?.call?.tool === 'WebFetch') continue;
          for (const name of ['src/a/b.ts', 'readThing', 'callOther']) if (blocks[at]?.text.includes(name)) expect(all).toContain(name);
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('a long conversation, and lines that no program would print', () => {
  const texts = [
    '-'.repeat(400_000),
    `${'a.'.repeat(200_000)}`,
    '/'.repeat(400_000),
    '> '.repeat(200_000),
    `${'1'.repeat(400_000)} passed`,
  ];
  const odd = texts.flatMap((text) => [
    ...bash('make', `${text}x\n${text}`),
    ...turn('Task', { prompt: 'look' }, `${text}\n${text}x`),
    say(text),
  ]);
  planCold(blocksOf([...odd, ...newer()]));
  const many = Array.from({ length: 1500 }, (_, at) => bash(`make ${at}`, report.join('\n')));
  expect(planCold(blocksOf([...many.flat(), ...newer()])).size).toBeGreaterThan(1000);
});
