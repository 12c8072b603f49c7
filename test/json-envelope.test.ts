/** JSON that an agent puts around what tools printed: its texts taken out and made smaller, the rest of it as it was, files' own JSON untouched. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolCall } from '../src/block.ts';
import { compress } from '../src/index.ts';
import { reasonToLeave } from '../src/pipeline/choose.ts';
import { route, routeExcerpt } from '../src/pipeline/route.ts';
import { closeJsonEnvelope, openJsonEnvelope } from '../src/text/json-envelope.ts';
import { envelopeFixtures } from './helpers/compressor-fixtures.ts';

const length = (text: string): number => text.length;
const run = (...commands: string[]): ToolCall => ({ tool: 'run_commands', input: { commands } });
const read = (...paths: string[]): ToolCall => ({ tool: 'read_files', input: { files: paths.map((path) => ({ path })) } });
const answer = (query: string, result: string) => ({ query, result, success: true });
const numbered = (count: number, first = 1) =>
  Array.from({ length: count }, (_, n) => `${String(first + n).padStart(3)} | const value${n} = "${n * 7919}";`).join('\n');

test.each(envelopeFixtures().map((fixture) => [fixture.name, fixture] as const))('%s', (name, { call, input: text, expected }) => {
  const shaped = name.startsWith('excerpt-') ? routeExcerpt({ text, call }) : route({ text, call }, length);
  expect(shaped?.text).toBe(expected);
});

describe('what a text is taken out of', () => {
  test('one that a command printed', () => {
    const printed = 'cc -o a a.c\n\tdone "well", all of it, in 3 seconds\n';
    const text = JSON.stringify([answer('make', printed)]);
    const shaped = route({ text, call: run('make') }, length);
    expect(shaped).toMatchObject({ form: 'invertible', kind: 'build' });
    expect(shaped.text).toBe(`[{"query":"make","result":the text below,"success":true}]\n${printed}`);
    expect(closeJsonEnvelope(shaped.text)).toBe(text);
  });

  test('several, each by itself', () => {
    const noisy = Array.from({ length: 30 }, (_, n) => `\x1b[32mok\x1b[0m ${n}`).join('\n');
    const text = `${JSON.stringify([answer('make', noisy), answer('pwd', '/home'), answer('make test', `${noisy}\n`)])}\n`;
    const plain = noisy.replace(/\x1b\[\d+m/g, '');
    const { text: out, form } = route({ text, call: run('make', 'pwd', 'make test') }, length);
    expect(form).toBe('same-to-the-eye');
    expect(out.split('\n')[0]).toBe(
      '[{"query":"make","result":text 1 below,"success":true},{"query":"pwd","result":"/home","success":true},{"query":"make test","result":text 2 below,"success":true}]',
    );
    expect(out).toContain(`\ntext 1:\n${plain}\ntext 2:\n${plain}\n\nend of JSON\n`);
  });

  test('the items that MCP has, and JSON in them', () => {
    const rows = Array.from({ length: 20 }, (_, id) => ({ id, name: `order ${id}`, state: 'open' }));
    const text = JSON.stringify({ content: [{ type: 'text', text: JSON.stringify(rows, undefined, 2) }] });
    const { text: out } = route({ text, call: { tool: 'lab__list', input: {} } }, length);
    expect(out).toMatch(/^\{"content":\[\{"type":"text","text":the text below\}\]\}\nJSON \(indent 2\) as tab-separated tables/);
    expect(out.length).toBeLessThan(text.length / 3);
  });

  test.each([
    ['many in a list: they are data', JSON.stringify(Array.from({ length: 9 }, (_, n) => answer(`q${n}`, 'a\nb\n'.repeat(20))))],
    ['one that is the smaller part', JSON.stringify({ list: Array.from({ length: 40 }, (_, n) => n * 7919), note: 'a\nb\n'.repeat(9) })],
    ['no lines in it', JSON.stringify({ text: 'word '.repeat(100) })],
    ['broken off', JSON.stringify({ stdout: 'a\nb\n'.repeat(20) }).slice(0, -2)],
    ['spelled in a way of its own', '{"stdout":"\\u0061\\nb and much more of it"}'],
    ['words like our mark beside it', JSON.stringify({ query: 'grep "the text below"', stdout: 'a\nb\n'.repeat(30) })],
    ['lines like our marks in it', JSON.stringify([answer('a', 'x\ntext 2:\n'.repeat(9)), answer('b', 'x\ny\n'.repeat(9))])],
  ])('none: %s', (_, text) => {
    expect(openJsonEnvelope(text, run('a'))).toBeUndefined();
  });

  test('the JSON of a file stays exact, but for what stands around every result of an agent', () => {
    const own = `${JSON.stringify({ script: 'set -e\nmake all\n'.repeat(20) })}\n`;
    for (const call of [read('/p/a.json'), run('cat a.json'), { tool: 'Read', input: { file_path: 'a.json' } }])
      expect(openJsonEnvelope(own, call)).toBeUndefined();
    const lookalike = JSON.stringify([answer('/p/other.json', own)]);
    expect(openJsonEnvelope(lookalike, read('/p/a.json'))).toBeUndefined();
    expect(openJsonEnvelope(JSON.stringify([answer('/p/a.json:3-90', own)]), read('/p/a.json'))?.texts).toEqual([own]);
    const codex = JSON.stringify({ output: own, metadata: { exit_code: 0, duration_seconds: 0.1 } });
    const call = { tool: 'shell', input: { command: ['bash', '-lc', 'cat a.json'] } };
    expect(route({ text: codex, call }, length).text.split('\n').slice(1).join('\n')).toBe(own);
  });

  test('anything that is taken out is put back to the byte', () => {
    const some = fc.constantFrom(
      'a',
      '\n',
      'é',
      '/',
      '<b>',
      '"',
      '\\',
      '\t',
      '😀',
      'the text below',
      'end of JSON',
      '\ntext 2:\n',
      '[',
      '\u2028',
    );
    const drawn = fc.array(some, { maxLength: 30 }).map((pieces) => `${pieces.join('')}${'\nand more'.repeat(9)}`);
    const query = fc.array(some, { maxLength: 2 }).map((pieces) => pieces.join(''));
    const spell = fc.constantFrom(
      JSON.stringify,
      (value: unknown) => JSON.stringify(value).replaceAll('/', '\\/'),
      (value: unknown) => JSON.stringify(value).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    );
    let opened = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(query, drawn), { minLength: 1, maxLength: 4 }), spell, fc.nat(2), (pairs, spelled, ends) => {
        const items = pairs.map(([query, result]) => answer(query, result));
        const text = spelled(items.length === 1 ? items[0] : items) + '\n'.repeat(ends);
        const envelope = openJsonEnvelope(text, undefined);
        if (!envelope) return;
        opened++;
        expect(closeJsonEnvelope(envelope.write(envelope.texts))).toBe(text);
      }),
      { numRuns: 1500 },
    );
    expect(opened).toBeGreaterThan(200);
  });
});

test('notes and stubs in its strings are left alone', () => {
  const lines = numbered(40);
  const call = read('/p/a.js');
  expect(reasonToLeave(JSON.stringify([answer('/p/a.js', lines)]), call)).toBeUndefined();
  const noted = JSON.stringify([answer('/p/a.js', `${lines}\n[… 12 lines]\n${lines}`)]);
  expect(reasonToLeave(noted, call)).toBe('carries our notes');
  expect(reasonToLeave(noted.replace('…', '\\u2026'), call)).toBe('carries our notes');
  expect(reasonToLeave(JSON.stringify([answer('/p/a.js', `<persisted-output>\n${lines}`)]), call)).toBe('stub of the agent');
});

test('what it shows is found again, line numbers are thinned, and how a command ended is always told', async () => {
  const file = numbered(60);
  const bare = file.replace(/^ *\d+ \| /gm, '');
  const turns: readonly [ToolCall, string][] = [
    [read('/p/src/a.js'), file],
    [run('cat src/a.js'), `${bare}\n`],
    [run('cat src/a.js'), `${bare}\n`],
  ];
  const messages = turns.flatMap(([{ tool, input }, result], at) => {
    const query = tool === 'read_files' ? '/p/src/a.js' : 'cat src/a.js';
    return [
      { role: 'assistant', content: [{ type: 'tool_use', id: `t${at}`, name: tool, input }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${at}`, content: JSON.stringify([answer(query, result)]) }] },
    ];
  });
  const { messages: out } = await compress([{ role: 'user', content: 'Go on.' }, ...messages], { profile: 'lossless' });
  const [first, second, third] = [2, 4, 6].map((at) => (out[at] as (typeof messages)[1])?.content[0] as { content: string });
  expect(first?.content.split('\n').slice(0, 4)).toEqual([
    '[{"query":"/p/src/a.js","result":the text below,"success":true}]',
    '  1 | const value0 = "0";',
    'const value1 = "7919";',
    'const value2 = "15838";',
  ]);
  const head = '[{"query":"cat src/a.js","result":the text below,"success":true}]\n';
  for (const each of [second, third]) expect(each?.content).toBe(`${head}[… 60 lines as above: read_files src/a.js 1-60]\n`);
});
