/** Cursor from end to end: a stand-in that keeps to its hook protocol, in real processes, with our hook and our launcher. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { programPath } from './helpers/launcher-bundle.ts';
import { createMachine, type Ended, isAlive, type Machine, placeProgram, until } from './helpers/launches.ts';
import { send } from './helpers/loopback-client.ts';

interface CursorReport {
  readonly args: readonly string[];
  readonly pid: number;
  readonly shown: readonly string[];
  readonly answers: readonly { command: string; code: number; stdout: string; stderr: string; brokenPipe: boolean }[];
  readonly files: readonly { path: string; mode: number; text?: string }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly isOver: boolean;
}

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
  const folder = join(machine.root, 'share/cursor-agent/versions/1');
  mkdirSync(folder, { recursive: true });
  placeProgram(join(folder, 'cursor-agent'), `exec "${process.execPath}" "${programPath('stand-in-cursor.mjs')}" "$@"`);
  symlinkSync(join(folder, 'cursor-agent'), join(machine.bin, 'agent'));
});
afterEach(() => machine.remove());

const numbered = Array.from({ length: 300 }, (_, at) => `${at + 1}\tconst value${at} = compute(${at * 7});`).join('\n');
const result = (...texts: string[]) => JSON.stringify({ content: texts.map((text) => ({ type: 'text', text })) });
const textsOf = (output: string) => (JSON.parse(output) as { content: { text: string }[] }).content.map(({ text }) => text);
const readCall = { name: 'MCP:read_file', input: { path: 'src/values.ts' }, output: result(numbered) };
const report = () => JSON.parse(readFileSync(machine.reportFile, 'utf8')) as CursorReport;
const givenCalls = (calls: readonly unknown[]) => ({ STAND_IN_CALLS: machine.write('calls.json', JSON.stringify(calls)) });

async function wrap(calls: readonly unknown[], options: readonly string[] = [], args: readonly string[] = []): Promise<Ended> {
  return await machine.run(['wrap', ...options, 'cursor', ...args], givenCalls(calls));
}

describe('what an MCP tool returned', () => {
  test('is shrunk, and the receipt says how much of it by our own estimate', async () => {
    const explained = join(machine.root, 'why.jsonl');
    const file = join(machine.root, 'receipt.json');
    const { code, stdout, stderr } = await wrap([readCall, readCall], ['--explain', explained, '--receipt-json', file], ['-p', 'hello']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const { shown, answers, args } = report();
    expect(args.slice(2)).toEqual(['-p', 'hello']);
    expect(answers.map((answer) => [answer.code, answer.stderr, answer.brokenPipe])).toEqual(Array(2).fill([0, '', false]));
    const [text = ''] = textsOf(shown[0] ?? '');
    expect(text.length).toBeLessThan(numbered.length * 0.95);
    expect(text).toContain('const value299 = compute(2093);');
    expect(shown[1]).toBe(shown[0]);
    expect(stderr).toContain("headroom: Cursor's requests to the model cannot be proxied");
    expect(stderr).toMatch(/headroom \d+ s · the output of 2 MCP calls came by/);
    expect(stderr).toMatch(/output {2}~[\d,]+ → ~[\d,]+ tokens, ~[\d.]+% removed \(our own estimate\)/);
    expect(stderr).toMatch(/by {6}line numbers ~/);
    expect(stderr).not.toContain('nothing reached the proxy');
    const { toolOutput, requests, usage } = JSON.parse(readFileSync(file, 'utf8'));
    expect(toolOutput).toMatchObject({ calls: 2, bytesBefore: 2 * Buffer.byteLength(readCall.output), estimated: ['before', 'after'] });
    expect(toolOutput.after).toBeLessThan(toolOutput.before);
    expect({ requests, usage }).toMatchObject({ requests: { all: 0, turns: 0, refused: 0 }, usage: { fresh: 0, output: 0 } });
    expect(readFileSync(explained, 'utf8').split('\n').filter(Boolean)).toHaveLength(2);
    expect(readdirSync(machine.launches)).toEqual([]);
  });

  test('stays where its shape is not known, where it is an error, where it is small', async () => {
    const calls = [
      { ...readCall, output: JSON.stringify(numbered) },
      { ...readCall, output: numbered },
      { ...readCall, output: JSON.stringify({ content: [{ type: 'text', text: numbered }], isError: true }) },
      { ...readCall, output: JSON.stringify({ content: [{ type: 'text', text: numbered }], structuredContent: { text: numbered } }) },
      {
        ...readCall,
        output: JSON.stringify({
          content: [
            { type: 'text', text: numbered },
            { type: 'image', data: 'aGk=', mimeType: 'image/png' },
          ],
        }),
      },
      { ...readCall, output: result('short') },
      { ...readCall, output: result() },
    ];
    const { stderr } = await wrap(calls);
    const { shown, answers } = report();
    expect(shown).toEqual(calls.map(({ output }) => output));
    expect(answers.map(({ code, stdout }) => [code, stdout])).toEqual(calls.map(() => [0, '{}\n']));
    expect(stderr).toContain('the output of 7 MCP calls came by');
    expect(stderr).toMatch(/nothing could be shrunk: .*2 unknown shape/);
  });

  test('changes part by part, the others stay', async () => {
    await wrap([{ ...readCall, output: result('short', numbered, 'also short') }]);
    const [first, second = '', third] = textsOf(report().shown[0] ?? '');
    expect([first, third]).toEqual(['short', 'also short']);
    expect(second.length).toBeLessThan(numbered.length);
  });

  test('of 10 MB comes through whole', async () => {
    const huge = result(Array.from({ length: 300_000 }, (_, at) => `${at}\tline ${at} of a very long output`).join('\n'));
    expect(huge.length).toBeGreaterThan(10_000_000);
    const { stderr } = await wrap([{ ...readCall, output: huge }, readCall]);
    const { shown, answers } = report();
    expect(shown[0] === huge).toBe(true);
    expect(answers[0]).toMatchObject({ code: 0, brokenPipe: false, stderr: '' });
    expect(shown[1]).not.toBe(readCall.output);
    expect(stderr).toContain('2 MCP calls came by');
  });

  test.each(['--observe', '--off'])('stays with %s', async (option) => {
    const { stderr } = await wrap([readCall], [option]);
    expect(report().shown).toEqual([readCall.output]);
    expect(stderr).toContain(option === '--off' ? 'off, nothing was changed' : 'would have been removed (our own estimate)');
  });
});

test('shell commands and built-in tools start no hook of ours', async () => {
  const calls = [
    { name: 'Shell', input: { command: 'npm test' }, output: JSON.stringify({ output: numbered, exitCode: 0 }) },
    { name: 'Read', input: { path: 'a' }, output: numbered },
  ];
  const { stderr } = await wrap(calls);
  expect(report()).toMatchObject({ shown: calls.map(({ output }) => output), answers: [] });
  expect(stderr).toContain('no output of an MCP tool came by: Cursor used none, or did not run the hook');
});

test('the plugin is private, and the secret stands on no command line and in no environment', async () => {
  const { code } = await machine.run(['wrap', 'cursor', '--model', 'x'], { ...givenCalls([readCall]), STAND_IN_EXIT: '7' });
  expect(code).toBe(7);
  const { files, args, answers, environment } = report();
  expect(files.filter(({ mode, text }) => mode !== (text === undefined ? 0o700 : 0o600))).toEqual([]);
  const address = files.find(({ path }) => path === 'tool-output-address')?.text ?? '';
  const [, secret = ''] = /^http:\/\/127\.0\.0\.1:\d+\/([0-9a-f]{32})\/tool-output\n$/.exec(address) ?? [];
  expect(secret).not.toBe('');
  expect(JSON.stringify([args, answers.map(({ command }) => command), environment])).not.toContain(secret);
  expect(existsSync(join(machine.launches, 'x'))).toBe(false);
  expect(readdirSync(machine.launches)).toEqual([]);
});

/** Starts a launch whose agent waits before its calls. */
async function startWaiting(calls: readonly unknown[]) {
  const go = join(machine.root, 'go');
  const running = machine.start(['wrap', 'cursor'], { ...givenCalls(calls), STAND_IN_WAIT: go });
  await until(() => machine.hasReport() && report().files.length > 0);
  const address =
    report()
      .files.find(({ path }) => path === 'tool-output-address')
      ?.text?.trim() ?? '';
  return { ...running, address, go: () => machine.write('go', '') };
}

test('a killed launcher costs nothing but the savings, and what it left is swept', async () => {
  const { child, go } = await startWaiting([readCall]);
  // Its pipes are the agent's too, and stay open.
  const dead = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await dead;
  const { pid } = report();
  go();
  await until(() => report().isOver && !isAlive(pid));
  expect(report().shown).toEqual([readCall.output]);
  expect(report().answers).toMatchObject([{ code: 0, stdout: '{}\n', stderr: '' }]);
  rmSync(join(machine.root, 'go'));
  const [left] = readdirSync(machine.launches);
  await wrap([]);
  expect(left).toBeDefined();
  expect(readdirSync(machine.launches)).toEqual([]);
});

test('only the holder of the second secret, on this machine, outside a browser, gets anything', async () => {
  const { ended, address, go } = await startWaiting([]);
  const url = new URL(address);
  const body = JSON.stringify({ tool: 'read_file', input: {}, texts: [numbered], bytes: 9 });
  const ask = async (to: string, headers: Record<string, string> = {}, method = 'POST', given = body) =>
    (await send(to, { method, headers, body: given })).status;
  const wrong = `${url.origin}/${'0'.repeat(32)}/tool-output`;
  expect([await ask(wrong), await ask(`${url.origin}/tool-output`)]).toEqual([403, 403]);
  expect([await ask(address, { host: 'evil.example' }), await ask(address, { origin: 'http://localhost' })]).toEqual([403, 403]);
  expect([await ask(`${address}/more`), await ask(address, {}, 'PUT'), await ask(address.replace('tool-output', 'v1/messages'))]).toEqual([
    404, 404, 404,
  ]);
  expect([await ask(address, {}, 'POST', 'no json'), await ask(address, {}, 'POST', '{"tool":1}')]).toEqual([400, 400]);
  // Answered before it is read: whoever still writes may find the connection closed.
  const tooLarge = await ask(address, {}, 'POST', 'x'.repeat(33 * 1024 * 1024)).catch(() => 'broken off');
  expect([413, 'broken off']).toContain(tooLarge);
  expect(await ask(address)).toBe(200);
  go();
  const { stderr } = await ended;
  expect(stderr).toContain('4 foreign requests refused');
  expect(stderr).toContain('the output of 1 MCP call came by');
});

describe('who is launched', () => {
  test('an `agent` that is not Cursor is passed over for `cursor-agent`', async () => {
    rmSync(join(machine.bin, 'agent'));
    placeProgram(join(machine.bin, 'agent'), 'echo somebody else');
    symlinkSync(join(machine.root, 'share/cursor-agent/versions/1/cursor-agent'), join(machine.bin, 'cursor-agent'));
    const { stdout, code } = await wrap([]);
    expect({ stdout, code, ran: machine.hasReport() }).toEqual({ stdout: '', code: 0, ran: true });
  });

  test('with the editor alone it is said what is possible', async () => {
    rmSync(join(machine.bin, 'agent'));
    placeProgram(join(machine.bin, 'agent'), 'echo somebody else');
    placeProgram(join(machine.bin, 'cursor'), 'echo the editor');
    const { stdout, stderr, code } = await wrap([]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 127 });
    expect(stderr).toContain("Only Cursor's editor is installed");
    expect(stderr).toContain('https://cursor.com/cli');
    expect(existsSync(machine.launches)).toBe(false);
  });

  test('with neither, how to get it', async () => {
    rmSync(join(machine.bin, 'agent'));
    const { stderr, code } = await wrap([]);
    expect(code).toBe(127);
    expect(stderr).toContain('Cursor (`agent` or `cursor-agent`) is not on PATH; install it: https://cursor.com/cli');
  });

  test('a launch that asks no model is as it is without us, and silent', async () => {
    const { stderr } = await wrap([], [], ['status']);
    expect(report().args).toEqual(['status']);
    expect(stderr).toBe('');
  });
});

test('where the cache folder cannot be written Cursor runs all the same', async () => {
  const closed = join(machine.root, 'closed');
  machine.write('closed', '');
  chmodSync(closed, 0o400);
  const { code, stderr } = await machine.run(['wrap', 'cursor'], { ...givenCalls([readCall]), XDG_CACHE_HOME: closed });
  expect(code).toBe(0);
  expect(report()).toMatchObject({ args: [], shown: [readCall.output] });
  expect(stderr).toContain('this launch runs without the proxy');
  expect(stderr).not.toContain('nothing reached the proxy');
});
