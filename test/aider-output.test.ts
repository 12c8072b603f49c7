/** What aider writes around the output of commands, found in user messages of either API; and what looks like it and is left alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findOutputs } from '../src/protocols/aider-output.ts';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { openaiChat } from '../src/protocols/openai-chat.ts';
import { bytesAtUnits } from '../src/text/json-offsets.ts';
import { scanJson } from '../src/text/json-scan.ts';
import { spelled } from './helpers/json-spelling.ts';

const run = (command: string, output: string): string => `I ran this command:\n\n${command}\n\nAnd got this output:\n\n${output}\n`;
const suggested = (...runs: readonly (readonly [string, string])[]): string =>
  `${runs.map(([command, output]) => `Output from ${command}\n${output}\n`).join('')}\n\n`;
const lint = (command: string, output: string): string =>
  `# Fix any errors below, if possible.\n\n## Running: ${command}\n\n${output}\n## See relevant line below marked with █.\n\na.py:\n 1█x = (\n`;
const page = (url: string, text: string): string => `Here is the content of ${url}:\n\n${text}`;
const reminder = '\n\n# *SEARCH/REPLACE block* Rules:\n\nEvery *SEARCH/REPLACE block* must use this format:\n';

/** Output texts with the command or address. */
function outputsOf(text: string, ...commands: string[]): unknown[] {
  return findOutputs(text, (command) => commands.includes(command)).map(({ from, to, call }) => {
    const { command, url } = call.input as { command?: string; url?: string };
    return [call.tool, command ?? url, text.slice(from, to)];
  });
}

describe('found', () => {
  test.each([
    ['/run and /test', run('npm test', '1 failed\n'), [['run', 'npm test', '1 failed']]],
    ['with line ends of a terminal', run('npm test', '1 failed\r\n'), [['run', 'npm test', '1 failed']]],
    ['output that looks like the sentences', run('cat x', run('ls', 'a')), [['run', 'cat x', run('ls', 'a').trimEnd()]]],
    ['/lint', lint('flake8 a.py', 'a.py:1:1 E9\n'), [['lint', 'flake8 a.py', 'a.py:1:1 E9']]],
    [
      'linting after an edit, two files',
      `\n${lint('one a', 'A')}\n\n${lint('two b', 'B')}\n`,
      [
        ['lint', 'one a', 'A'],
        ['lint', 'two b', 'B'],
      ],
    ],
    ['/web', page('https://example.org/a', '# A\n\ntext\n'), [['web', 'https://example.org/a', '# A\n\ntext']]],
    [
      'pages below what somebody typed',
      `See https://a.example and https://b.example\n\n${page('https://a.example', 'A')}\n\n${page('https://b.example', 'B')}`,
      [
        ['web', 'https://a.example', 'A'],
        ['web', 'https://b.example', 'B'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(outputsOf(text)).toEqual(expected);
  });

  test('commands that the model proposed', () => {
    const text = suggested(['ls -l', 'a\nOutput from nowhere\n'], ['npm test', 'ok']);
    expect(outputsOf(text, 'ls -l', 'npm test')).toEqual([
      ['shell', 'ls -l', 'a\nOutput from nowhere'],
      ['shell', 'npm test', 'ok'],
    ]);
  });

  test('the same with the reminder that only a last message carries, and after an interruption', () => {
    for (const text of [run('npm test', 'one\n\ntwo\n'), lint('flake8 a.py', 'E9'), page('https://a.example', 'A\n')]) {
      const plain = outputsOf(text);
      expect(plain).toHaveLength(1);
      const tails = [
        '\n\n',
        reminder,
        `\n\n\n${reminder.trim()}`,
        '\n\n# V4A Diff Format Rules:\n\nx',
        '\n\n\nNEVER RETURN CODE!\n',
        '\n^C KeyboardInterrupt',
      ];
      for (const tail of [...tails, `${reminder}\n^C KeyboardInterrupt`]) expect(outputsOf(text + tail), tail).toEqual(plain);
    }
  });
});

describe('left alone', () => {
  test.each([
    ['what somebody typed', 'Please fix it.\nI ran this command:\n\nx\n\nAnd got this output:\n\ny\n'],
    ['half a sentence', 'I ran this command:\n\nnpm test\n'],
    ['no output', run('true', '\n\n')],
    ['a command that nobody proposed', suggested(['rm x', 'gone'])],
    ['a typed report', 'Output from npm test\n1 failed'],
    ['a lint without a command', '# Fix any errors below, if possible.\n\n\n## See relevant line below marked with █.\n\na.py:\n 1█x\n'],
    ['a page that nobody named', `See this\n\n${page('https://a.example', 'A')}`],
    [
      'a file with a page in it',
      `I have *added these files*\n\na.md\n\`\`\`\nhttps://a.example\n\n${page('https://a.example', 'A')}\n\`\`\`\n`,
    ],
    ['the content of a file', 'Here is the content of a.txt:\n\nA'],
  ])('%s', (_, text) => {
    expect(outputsOf(text, 'npm test')).toEqual([]);
  });
});

test('a text of many such lines takes no time worth speaking of', () => {
  const said = { role: 'assistant', content: 'ls -l\n'.repeat(20_000) };
  const text = `${'Output from ls -l\nOutput from nowhere\n'.repeat(20_000)}\n\n`;
  const body = JSON.stringify({ messages: [said, { role: 'user', content: text }] });
  expect(openaiChat.read(Buffer.from(body), '')!.blocks.length).toBeGreaterThan(20_000);
});

test('where a unit of the text is spelled, for every spelling', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(
      text.chain((text) => fc.tuple(fc.constant(text), spelled(text), fc.nat(text.length))),
      ([text, literal, cut]) => {
        // A pair in one piece cannot be cut.
        fc.pre(!/[\ud800-\udbff]$/.test(text.slice(0, cut)) && !/^[\udc00-\udfff]/.test(text.slice(cut)));
        const bytes = Buffer.from(` ${literal}`);
        const [at = 0, end] = bytesAtUnits(bytes, 1, [cut, text.length]);
        expect(JSON.parse(`"${bytes.toString('utf8', 2, at)}"`)).toBe(text.slice(0, cut));
        expect(end).toBe(bytes.length - 1);
        expect(scanJson(bytes)?.string(0)).toBe(text);
      },
    ),
    { numRuns: 500 },
  );
});

describe.each([anthropicMessages, openaiChat].map((protocol) => [protocol.name, protocol] as const))(
  'in a request of %s',
  (_, { read }) => {
    const blocksOf = (messages: unknown): unknown[] =>
      read(Buffer.from(JSON.stringify({ model: 'm', messages })), 'scope')!.blocks.map(({ source, text }) => [source, text]);
    const user = (content: unknown) => ({ role: 'user', content });

    test('only in user messages, and only where the text stands alone in its block', () => {
      const text = run('ls', 'a');
      const pieces = [
        ['said', 'I ran this command:\n\nls\n\nAnd got this output:\n\n'],
        ['result', 'a'],
        ['said', '\n'],
      ];
      expect(blocksOf([user(text)])).toEqual(pieces);
      expect(blocksOf([user([{ type: 'text', text, cache_control: { type: 'ephemeral' } }])])).toEqual(pieces);
      expect(blocksOf([user([{ type: 'text', text, other: 1 }])])).toEqual([['said', text]]);
      expect(blocksOf([{ role: 'assistant', content: text }])).toEqual([['said', text]]);
      expect(blocksOf([{ role: 'system', content: text }])).toEqual([['said', text]]);
    });

    test('a proposed command is one that stands on a line of its own in what the model said shortly before', () => {
      const text = suggested(['npm test', '1 failed']);
      const said = (command: string) => ({ role: 'assistant', content: `Try:\n\n\`\`\`bash\n${command}\n\`\`\`\n` });
      const isFound = (...messages: unknown[]): boolean =>
        blocksOf([...messages, user(text)]).some((block) => (block as string[])[0] === 'result');
      expect(isFound(said('  npm test'), user('yes'), { role: 'assistant', content: 'Ok.' })).toBe(true);
      expect(isFound(said('npm test --all'))).toBe(false);
      expect(isFound(user('npm test'))).toBe(false);
      expect(isFound(said('npm test'), ...Array.from({ length: 8 }, () => said('ls')))).toBe(false);
    });

    test('the output keeps its key when the reminder behind it goes, and so does all that was said before', () => {
      const keys = (text: string): string[] =>
        read(Buffer.from(JSON.stringify({ messages: [user('Hi'), user(text)] })), '')!.blocks.map(({ key }) => key);
      const [hi, lead, output, tail] = keys(run('ls', 'a'));
      expect(keys(run('ls', 'a') + reminder).slice(0, 3)).toEqual([hi, lead, output]);
      expect(keys(run('ls', 'a') + reminder)[3]).not.toBe(tail);
      expect(keys(run('ls', 'b'))[2]).not.toBe(output);
    });
  },
);
