/** `headroom wrap claude` as a user meets it: real processes, a stand-in agent, an upstream on loopback. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { createMachine, type Ended, isAlive, type Machine, placeProgram, until } from './helpers/launches.ts';

let machine: Machine;
let upstream: Upstream;

beforeEach(async () => {
  machine = createMachine();
  const lines = Array.from({ length: 200 }, (_, n) => `export const value${n} = compute(${n}, "${n * 7919}");`);
  const file = machine.write('project/long.ts', lines.join('\n'));
  upstream = await startUpstream({ script: { steps: [{ calls: [{ read: file }] }, { calls: [{ read: file }] }, { text: 'All done.' }] } });
});
afterEach(async () => {
  await upstream.close();
  machine.remove();
});

const wrap = (args: readonly string[], extra: Record<string, string> = {}): Promise<Ended> =>
  machine.run(['wrap', ...args], { ANTHROPIC_BASE_URL: upstream.url, ...extra });

describe('a session', () => {
  test('shrinks what the model reads, hands through what the agent says and ends with a receipt', async () => {
    const { code, stdout, stderr } = await wrap(['claude', '-p', 'hi'], { STAND_IN: 'probe ask' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    expect(stderr).toMatch(/^headroom \d+ s · 3 requests to the model\n {2}input {3}~[\d,]+ → [\d,]+ tokens, ~\d+% removed\n {2}by /);
    expect(stderr).toMatch(
      /\n {2}billed {2}fresh [\d,]+ · cache write 0 · cache read 0 · output \d+\n {2}cost {4}~\$[\d.]+ → \$[\d.]+, ~\d+% saved \(API prices: genai-prices \d.+\)\n$/,
    );
    const whole = readFileSync(join(machine.project, 'long.ts'), 'utf8').length * 2;
    expect(JSON.stringify(upstream.requests.at(-1)?.json).length).toBeLessThan(whole);
  });

  test('has its address in a private file that only the user can read, and in no argument', async () => {
    await wrap(['claude'], { STAND_IN: 'exit:0' });
    const { settings, baseUrl, args, environment } = machine.report();
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);
    expect(settings).toMatchObject({ mode: 0o600, path: expect.stringContaining(machine.launches) });
    expect(args.join(' ')).not.toContain(baseUrl);
    expect(environment.NO_PROXY).toBe('127.0.0.1,localhost');
    expect(readdirSync(machine.launches)).toEqual([]);
  });

  test('changes nothing with --off and with --observe', async () => {
    const bare = await machine.run(['wrap', 'claude'], { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask' });
    expect(bare.code).toBe(0);
    const sent = (from: number) => upstream.requests.slice(from).map(({ body }) => body.length);
    for (const option of ['--off', '--observe']) {
      const from = upstream.requests.length;
      const { stderr } = await wrap([option, 'claude'], { STAND_IN: 'ask' });
      expect(stderr).toContain('nothing was changed');
      expect(sent(from)[2]).toBeGreaterThan(sent(0)[2] ?? 0);
    }
  });

  test('goes where --upstream says', async () => {
    const { code, stdout } = await machine.run(['wrap', '--upstream', upstream.url, 'claude'], { STAND_IN: 'ask' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
  });

  test('reaches an upstream on this machine past a corporate proxy', async () => {
    const { stdout } = await wrap(['claude'], { STAND_IN: 'ask', HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' });
    expect(stdout).toBe('All done.\n');
  });
});

describe('the arguments of the agent', () => {
  test.each([
    [['-p', 'a b', '--model', 'opus']],
    [['--', '--quiet', '-x']],
    [['--off', '--explain', 'x', '--receipt-json', 'y', '--no-pty']],
    [['', ' ', 'ünï"\'$(x)`', '*', '--a=b']],
  ])('arrive as they are: %j', async (words) => {
    await wrap(['claude', ...words], { STAND_IN: 'exit:0' });
    expect(machine.report().args.slice(2)).toEqual(words);
    expect(machine.report().args[0]).toBe('--settings');
  });

  test.each([[['--help']], [['--version']], [['-v']], [['mcp', 'list', '--settings']]])(
    'and alone where no model is called: %j',
    async (words) => {
      const { stdout, stderr } = await wrap(['claude', ...words], { STAND_IN: 'print:its-own' });
      expect({ stdout, stderr }).toEqual({ stdout: 'its-own', stderr: '' });
      expect(machine.report()).toMatchObject({ args: words, baseUrl: upstream.url });
      expect(existsSync(machine.launches)).toBe(false);
    },
  );
});

describe('the end', () => {
  test.each([0, 1, 3, 130, 255])('has the exit code of the agent: %i', async (code) => {
    expect(await wrap(['--quiet', 'claude'], { STAND_IN: `exit:${code}` })).toEqual({ code, signal: null, stdout: '', stderr: '' });
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGKILL', 137],
    ['SIGINT', 130],
  ])('shows the signal that ended the agent as a shell does: %s', async (signal, code) => {
    expect(await wrap(['--quiet', 'claude'], { STAND_IN: `kill:${signal}` })).toMatchObject({ code, signal: null });
    expect(readdirSync(machine.launches)).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('comes for both when we get %s, with nothing left', async (signal) => {
    const { child, ended } = machine.start(['wrap', 'claude'], { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'wait' });
    await until(machine.hasReport);
    const { pid } = machine.report();
    child.kill(signal);
    const { code, signal: endedBy } = await ended;
    expect(endedBy ?? code).toBe({ SIGTERM: 143, SIGINT: 130, SIGHUP: endedBy === null ? 129 : 'SIGHUP' }[signal]);
    await until(() => !isAlive(pid));
    expect(readdirSync(machine.launches)).toEqual([]);
  });

  test('says that nothing reached the proxy, with the likely cause', async () => {
    expect((await wrap(['claude'], { STAND_IN: 'exit:3' })).stderr).toMatch(
      /^headroom nothing reached the proxy in \d+ s: Claude Code ended with code 3 before it asked the model anything\n$/,
    );
    expect((await wrap(['claude', '-p'], {})).stderr).toMatch(/nothing reached the proxy in \d+ s: Claude Code asked the model nothing/);
  });

  test('says that upstream was not reached', async () => {
    await upstream.close();
    const { stdout, stderr } = await wrap(['claude'], { STAND_IN: 'ask' });
    expect(stdout).toMatch(/\S/);
    expect(stderr).toContain('1 request without an answer: the provider was not reached or broke off');
  });
});

describe('what is ours on stderr', () => {
  test('is nothing with --quiet, and colour only on a terminal', async () => {
    expect(await wrap(['--quiet', 'claude'], { STAND_IN: 'ask' })).toMatchObject({ stderr: '' });
    expect((await wrap(['claude'], { STAND_IN: 'ask' })).stderr).not.toContain('\u001b');
  });

  test('names what the launch cannot cover', async () => {
    const { stderr } = await wrap(['claude'], { STAND_IN: 'exit:0', CLAUDE_CODE_USE_BEDROCK: '1' });
    expect(stderr).toBe(
      'headroom: this launch runs without the proxy: CLAUDE_CODE_USE_BEDROCK sends model traffic to Amazon Bedrock, which the proxy does not cover\n',
    );
  });

  test('says that there is no proxy where none can be, and runs the agent', async () => {
    machine.write('home/.cache', 'a file in the way');
    const { code, stdout, stderr } = await wrap(['claude'], { STAND_IN: 'ask' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    expect(stderr).toMatch(/^headroom: this launch runs without the proxy: cannot make a private folder: E/);
    expect(machine.report().args).toEqual([]);
  });
});

describe('the files asked for', () => {
  test('--receipt-json has the figures, --explain a line for each result and request', async () => {
    const [receipt, explained] = [join(machine.root, 'r.json'), join(machine.root, 'e.jsonl')];
    machine.write('r.json', 'what was there before, and longer than nothing'.repeat(100));
    machine.write('e.jsonl', 'old');
    await wrap(['--receipt-json', receipt, '--explain', '../e.jsonl', 'claude'], { STAND_IN: 'count ask' });
    const figures = JSON.parse(readFileSync(receipt, 'utf8')) as { input: Record<string, number>; requests: object };
    expect(figures).toMatchObject({
      agent: 'Claude Code',
      mode: 'shrink',
      profile: 'standard',
      exitCode: 0,
      requests: { turns: 3, all: 4 },
    });
    const { before = 0, after = 0, removed = 0 } = figures.input;
    expect(removed).toBeGreaterThan(0);
    expect(before).toBe(after + removed);
    const lines = readFileSync(explained, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ request, block, carried }) => [request, block, carried])).toEqual([
      [3, 1, false],
      [4, 1, true],
      [4, 2, false],
    ]);
    expect(lines[2]).toMatchObject({ tool: 'Read', decision: 'shrunk', reason: expect.any(String), tokensBefore: expect.any(Number) });
    expect(readFileSync(explained, 'utf8')).not.toContain('compute(');
  });

  test.each(['--receipt-json', '--explain'])('%s that cannot be written is said before the agent starts', async (option) => {
    const { code, stderr } = await wrap([option, '/nowhere/file', 'claude'], { STAND_IN: 'exit:0' });
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^headroom: Cannot write the file of ${option}: ENOENT.*\nName a file in a folder that exists`));
    expect(machine.hasReport()).toBe(false);
  });
});

describe('the agent', () => {
  test('that is missing is named in one line, with the way to get it', async () => {
    expect(await wrap(['claude'], { PATH: machine.home })).toEqual({
      code: 127,
      signal: null,
      stdout: '',
      stderr: 'headroom: Claude Code (`claude`) is not on PATH; install it: npm install -g @anthropic-ai/claude-code\n',
    });
  });

  test('that is unknown gets the list', async () => {
    expect(await wrap(['nobody'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^headroom: There is no agent `nobody`\nAgents: claude\b.*\. Any other command: headroom wrap -- nobody\n$/,
      ),
    });
  });

  test('is never ourselves: a link to us and a script that calls us are passed over', async () => {
    for (const name of ['one', 'two']) mkdirSync(join(machine.root, name));
    symlinkSync(machine.cli, join(machine.root, 'one', 'claude'));
    placeProgram(join(machine.root, 'two', 'claude'), 'exec headroom wrap claude "$@"');
    const path = ['one', 'two', 'bin'].map((name) => join(machine.root, name)).join(':');
    const { stdout } = await wrap(['claude'], { PATH: `${path}:/usr/bin:/bin`, STAND_IN: 'ask' });
    expect(stdout).toBe('All done.\n');
  });

  test('is found where its installer puts it', async () => {
    mkdirSync(join(machine.home, '.local/bin'), { recursive: true });
    placeProgram(join(machine.home, '.local/bin/claude'), 'echo found');
    expect(await wrap(['--quiet', 'claude'], { PATH: '/usr/bin:/bin' })).toMatchObject({ code: 0, stdout: 'found\n' });
  });
});
