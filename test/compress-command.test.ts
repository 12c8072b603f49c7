/** `headroom compress` as a person runs it: what it takes, what it prints, and what it says when it cannot. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHeadroom } from '../src/index.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { messageSpellings, resultTexts } from './helpers/message-spellings.ts';
import { openTerminal } from './helpers/outer-terminal.ts';

let machine: Machine;
beforeAll(() => {
  machine = createMachine();
});
afterAll(() => machine.remove());

const talk = [{ role: 'user', content: 'what is wrong?' }, ask('a'), answer('a')];
const compress = (...words: string[]) => machine.run(['compress', ...words]);
/** The command with something on stdin, or with nothing at all. */
function pipe(input: string, ...words: string[]): string {
  return execFileSync(process.execPath, [machine.cli, 'compress', ...words], { input, encoding: 'utf8', env: machine.environment() });
}

describe('prints', () => {
  test.each(messageSpellings)('a list of messages as the library makes it: $format', async ({ spell }) => {
    const messages = spell(talk);
    const file = machine.write('messages.json', JSON.stringify(messages));
    const { code, stdout, stderr } = await compress(file);
    const expected = await createHeadroom({ folder: join(machine.root, 'own') }).compress(messages);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const texts = resultTexts(JSON.parse(stdout) as unknown[]);
    expect(texts).toEqual(resultTexts(expected.messages).map((text) => text.replace(/ --folder .*\]$/, ']')));
    expect(texts.at(-1)).toMatch(/full text: headroom retrieve [0-9a-f]{16}\]$/);
  });

  test('a request with every other byte as it came', async () => {
    const before = `{ "model":"m", "max_tokens" : 1e3, "id":12345678901234567890, "messages":[${JSON.stringify(ask('a'))},\n  `;
    const after = '],\n "system":"caf\\u00e9", "messages_":[] ,"temperature":0.70}\n';
    const body = `${before}${JSON.stringify(answer('a'))}${after}`;
    const out = pipe(body);
    expect(out.length).toBeLessThan(body.length);
    expect(out.startsWith(before)).toBe(true);
    expect(out.endsWith(after)).toBe(true);
    const { stdout } = await machine.run(['compress', machine.write('body.json', body), '--json']);
    const { messages, ...figures } = JSON.parse(stdout) as { messages: unknown[] };
    expect(messages).toEqual((JSON.parse(out) as { messages: unknown[] }).messages);
    expect(figures).toMatchObject({
      compressed: true,
      ccrHashes: [expect.stringMatching(/^[0-9a-f]{16}$/)],
      transformsApplied: expect.arrayContaining(['excerpts']),
    });
  });

  test('a request of Responses likewise', () => {
    const call = '{"type":"function_call","call_id":"a","name":"shell","arguments":"{\\"command\\":\\"docker logs web\\"}"}';
    const before = `{"input" :[ {"role":"user", "content":"why?"},${call},{"type":"function_call_output","call_id":"a","output":`;
    const out = pipe(`${before}${JSON.stringify(log)}}], "model":"m"\n}`);
    expect(out.startsWith(before)).toBe(true);
    expect(out.endsWith('}], "model":"m"\n}')).toBe(true);
    expect(out).toContain('full text: headroom retrieve');
  });

  test.each([
    ['Gemini', '{"contents" :[', ']\n}'],
    ['Gemini as a Google login wraps it', '{"model":"gemini-3-pro", "request" : {"contents" :[', ']\n} ,"project":"p"}'],
  ])('a request of %s likewise', (_, before, after) => {
    const call = '{"role":"model", "parts":[{"functionCall":{"id":"a","name":"shell","args":{"command":"docker logs web"}}}]}';
    const head = `${before}{"role":"user","parts":[{"text":"why?"}]},${call},{"role":"user","parts":[{"functionResponse":{"id":"a","name":"shell","response":{"output":`;
    const out = pipe(`${head}${JSON.stringify(log)}}}}]}${after}`);
    expect(out.startsWith(head)).toBe(true);
    expect(out.endsWith(`}}}]}${after}`)).toBe(true);
    expect(out).toContain('full text: headroom retrieve');
  });

  test('JSON of the AI SDK as a text, in its place', async () => {
    const rows = Array.from({ length: 60 }, (_, id) => ({ id, name: `thing ${id * id}`, state: id % 7 ? 'ready' : 'waiting' }));
    const part = (output: unknown) => ({ type: 'tool-result', toolCallId: 'a', toolName: 'list', output });
    const out = pipe(JSON.stringify([{ role: 'tool', content: [part({ type: 'json', value: rows })] }], undefined, 1));
    expect(JSON.parse(out)).toEqual([{ role: 'tool', content: [part({ type: 'text', value: expect.stringMatching(/^JSON /) })] }]);
  });

  test.each([
    ['small messages', JSON.stringify([{ role: 'user', content: 'hi' }], undefined, 3)],
    ['a small text', 'nothing much\r\n'],
    ['nothing', ''],
    ['small JSON that is no message', '[1, 2,  3]\n'],
    ['JSON cut off', '{"items": [1, 2'],
    ['a text with a mark at its beginning', '\ufeffnothing much'],
  ])('%s as it came', (_, input) => {
    expect(pipe(input)).toBe(input);
    expect(pipe(input, '-')).toBe(input);
  });

  test('what is no UTF-8 as it came, however long', () => {
    const input = Buffer.concat([Buffer.from(log), Buffer.from([0xff, 0x0a])]);
    const out = execFileSync(process.execPath, [machine.cli, 'compress'], { input, env: machine.environment() });
    expect(out.equals(input)).toBe(true);
  });

  test('no repeats of what the provider may have left out', () => {
    const file = Array.from({ length: 60 }, (_, n) => `const value${n} = compute(${n * 7}, 'name ${n}');`).join('\n');
    const messages = [ask('a', 'cat a.ts'), answer('a', file), ask('b', 'cat a.ts'), answer('b', file)];
    expect(pipe(JSON.stringify({ model: 'm', messages }))).toContain('as above');
    const clearing = JSON.stringify({ model: 'm', context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] }, messages });
    expect(pipe(clearing)).toBe(clearing);
  });

  test('a text by what it is, by the command that printed it, or by the tool', async () => {
    const file = machine.write('web.log', log);
    const expected = await createHeadroom({ folder: join(machine.root, 'own') }).compress([ask('a'), answer('a')]);
    const [text = ''] = resultTexts(expected.messages);
    const hinted = await compress(file, '--command', 'docker logs web');
    expect(hinted.stdout).toBe(text.replace(/ --folder .*\]$/, ']'));
    const original = await machine.run(['retrieve', expected.ccrHashes[0]!]);
    expect(original.stdout).toBe(log);
    const { stdout } = await compress(file, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ text: expect.stringContaining('the disk is full'), compressed: true });
    const read = await compress(file, '--tool', 'Read', '--profile', 'lossless');
    expect(read.stdout).not.toContain('not shown');
    const rows = JSON.stringify(Array.from({ length: 80 }, (_, id) => ({ role: 'admin', id, name: `user ${id}`, shop: 'north' })));
    expect(pipe(rows, '--tool', 'list_users')).toMatch(/^JSON /);
  });

  test('what the profile allows, by flag and by environment', async () => {
    const file = machine.write('web.log', log);
    const words = [machine.cli, 'compress', file];
    const run = (extra: Record<string, string>) =>
      execFileSync(process.execPath, words, { encoding: 'utf8', env: machine.environment(extra), cwd: machine.project });
    expect((await compress(file)).stdout).toContain('not shown');
    expect(run({ HEADROOM_PROFILE: 'lossless' })).not.toContain('not shown');
    expect((await compress(file, '--profile', 'tiny')).stderr).toContain('there is no profile `tiny`');
  });
});

test('what is kept elsewhere is found there, as its note says', async () => {
  const folder = join(machine.root, 'own store');
  const { messages } = await createHeadroom({ folder }).compress([ask('a'), answer('a')]);
  const [, hash = '', named = ''] = /full text: headroom retrieve (\S+) --folder "(.*)"\]$/.exec(resultTexts(messages)[0]!) ?? [];
  expect(await machine.run(['retrieve', hash, '--folder', named])).toMatchObject({ code: 0, stdout: log });
});

test('nothing is written but originals', async () => {
  const other = createMachine();
  const file = other.write('messages.json', JSON.stringify(talk));
  await other.run(['compress', file, '--profile', 'lossless']);
  expect(readdirSync(other.home)).toEqual([]);
  await other.run(['compress', file]);
  expect(readdirSync(join(other.home, '.cache', 'headroom'))).toEqual(['originals']);
  expect(readdirSync(other.home)).toEqual(['.cache']);
  other.remove();
});

describe('says in two lines at most', () => {
  test.each<[string, string[], string, RegExp]>([
    ['that there is no such file', ['no/such.json'], '', /^headroom: There is no file `no\/such\.json`\n$/],
    ['that a folder is none', ['.'], '', /^headroom: Cannot read `\.`: EISDIR.*\n$/],
    [
      'that it is no JSON',
      [],
      '[{"role":"user","content":',
      /^headroom: It begins like messages and is no JSON: .*\nMend it, or add --tool.*\n$/,
    ],
    ['that an option is none', ['--nope'], '', /^headroom: unknown option '--nope'\n.*compress --help\n$/],
  ])('%s', (_, words, input, message) => {
    const run = () =>
      execFileSync(process.execPath, [machine.cli, 'compress', ...words], {
        input,
        encoding: 'utf8',
        env: machine.environment(),
        stdio: 'pipe',
      });
    expect(run).toThrow(expect.objectContaining({ status: 2, stdout: '', stderr: expect.stringMatching(message) }));
  });

  test('that nothing is named and stdin is a terminal', async () => {
    const terminal = openTerminal(process.execPath, [machine.cli, 'compress'], { environment: machine.environment(), columns: 200 });
    expect(await terminal.ended).toEqual({ code: 2, signal: undefined });
    expect(terminal.text()).toMatch(/^headroom: What is to be compressed\?\r\nName a file, or pipe it in: .*\r\n$/);
  });
});
