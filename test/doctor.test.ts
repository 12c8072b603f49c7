/** `headroom doctor`: what it finds on machines that are well and on those that are not, and what it says to do. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../src/commands/doctor.ts';
import { startUpstream } from '../src/demo/upstream.ts';
import { findFreePort, listenOn } from '../src/proxy/listen.ts';
import { wrappers } from '../wrappers/index.ts';
import { testedVersions } from '../wrappers/tested-versions.ts';
import { createMachine, type Machine, placeProgram, until } from './helpers/launches.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

interface Report {
  readonly todo: number;
  readonly findings: readonly Finding[];
}

async function examine(variables: Record<string, string> = {}): Promise<Report & { code: number | null }> {
  const { code, stdout, stderr } = await machine.run(['doctor', '--json'], variables);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(report.todo > 0 ? 1 : 0);
  expect(report.todo).toBe(report.findings.filter(({ state }) => state === 'todo').length);
  // Whoever must do something is told what.
  expect(report.findings.filter(({ state, advice }) => state === 'todo' && !advice)).toEqual([]);
  return { ...report, code };
}

const todo = ({ findings }: Report) => findings.filter(({ state }) => state === 'todo');
const of = ({ findings }: Report, part: string) => findings.filter((each) => each.part === part);

function installAgent(name: string, packageName: string, version: string): void {
  const folder = `home/lib/node_modules/${packageName}`;
  machine.write(`${folder}/package.json`, JSON.stringify({ name: packageName, version, bin: { [name]: 'cli.js' } }));
  chmodSync(machine.write(`${folder}/cli.js`, '#!/bin/sh\nexit 1\n'), 0o755);
  rmSync(join(machine.bin, name), { force: true });
  symlinkSync(join(machine.root, folder, 'cli.js'), join(machine.bin, name));
}

test('a machine that is well: nothing has to be done, and nothing is changed by asking', async () => {
  installAgent('claude', '@anthropic-ai/claude-code', '2.1.330');
  const report = await examine();
  expect(todo(report)).toEqual([]);
  expect(of(report, 'claude').map(({ text }) => text)).toEqual([
    `2.1.330, ${join(machine.bin, 'claude')}`,
    'its requests go through us to api.anthropic.com',
    expect.stringContaining('Remote Control'),
    expect.stringContaining('can open originals'),
  ]);
  const { stdout } = await machine.run(['doctor']);
  expect(stdout).toMatch(/Nothing has to be done\.\n$/);
  expect(stdout.split('\n').filter((line) => line && !/^(?:ok |note |TODO | {17}-> |Nothing)/.test(line))).toEqual([]);
  expect(existsSync(join(machine.home, '.cache'))).toBe(false);
  expect(existsSync(join(machine.home, '.config'))).toBe(false);
});

describe('agents', () => {
  test('of another version than the tested ones are named, older ones with how to update', async () => {
    installAgent('claude', '@anthropic-ai/claude-code', '2.0.9');
    installAgent('codex', '@openai/codex', '99.0.0');
    const report = await examine();
    expect(of(report, 'claude')[0]).toMatchObject({ state: 'note', advice: expect.stringContaining('to update: npm install -g') });
    expect(of(report, 'codex')[0]).toMatchObject({
      state: 'note',
      advice: expect.stringMatching(/tested with .*most likely no different/),
    });
  });

  test('that would go past us are named with the setting or the login that does it', async () => {
    machine.write('home/.claude/settings.json', JSON.stringify({ env: { CLAUDE_CODE_USE_BEDROCK: '1' } }));
    placeProgram(join(machine.bin, 'codex'), 'exit 1');
    const found = todo(await examine());
    expect(found.map(({ part }) => part)).toEqual(['claude', 'codex']);
    expect(found[0]?.text).toContain('CLAUDE_CODE_USE_BEDROCK sends model traffic to Amazon Bedrock');
    expect(found[1]?.text).toContain('not logged in yet');
  });

  test('with an address of their own are proxied to that, by way of a corporate proxy where one is set', async () => {
    machine.write('home/.claude/settings.json', JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'https://gateway.example/x' } }));
    const [, route] = of(await examine({ HTTPS_PROXY: 'http://user:secret@proxy.example:3128' }), 'claude');
    expect(route).toMatchObject({ state: 'ok', text: 'its requests go through us to gateway.example by way of proxy.example:3128' });
  });

  test('that may not open originals are named with the rule and its file', async () => {
    const settings = machine.write(
      'home/.claude/settings.json',
      JSON.stringify({ permissions: { deny: ['Bash(rm:*)', 'Read(~/.cache/**)'] } }),
    );
    const [found, ...others] = todo(await examine());
    expect(others).toEqual([]);
    expect(found?.text).toBe(`its model may not open originals: Read(~/.cache/**) in ${settings}`);
    expect(found?.advice).toContain(join('.cache', 'headroom', 'originals'));
  });

  test('are missed where there is none, and our tools where their program is gone', async () => {
    rmSync(join(machine.bin, 'claude'));
    machine.write(
      'home/.cursor/mcp.json',
      JSON.stringify({ mcpServers: { headroom: { command: '/gone/node', args: ['/gone/cli.js', 'mcp'] } } }),
    );
    const found = todo(await examine());
    expect(found.map(({ part, advice }) => [part, advice])).toEqual([
      ['agents', expect.stringContaining('npm install -g')],
      ['mcp', 'headroom mcp install cursor'],
    ]);
  });

  test('and the versions that the tests drive are those of the tests', () => {
    const folder = resolve(import.meta.dirname, '..', 'scripts', 'e2e');
    const scripts = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    for (const [name, versions = []] of Object.entries(testedVersions)) {
      expect(wrappers.some((wrapper) => wrapper.name === name)).toBe(true);
      for (const version of versions) expect(scripts).toContain(`'${version}'`);
    }
  });
});

describe('our folders', () => {
  test('that others can read, or nobody can write, must be mended', async () => {
    const cache = join(machine.home, '.cache', 'headroom');
    mkdirSync(cache, { recursive: true });
    chmodSync(cache, 0o755);
    machine.write('home/.cache/headroom/content-secret', `${'0'.repeat(32)}\n`);
    const found = todo(await examine());
    expect(found.map(({ advice }) => advice)).toEqual([`chmod 700 '${cache}'`, `chmod 600 '${join(cache, 'content-secret')}'`]);
    const file = machine.write('no-folder', '');
    expect(todo(await examine({ XDG_CACHE_HOME: file }))).toContainEqual(
      expect.objectContaining({ advice: expect.stringContaining('XDG_CACHE_HOME') }),
    );
  });

  test('and settings that stop a launch or do nothing', async () => {
    const file = machine.write('home/.config/headroom/config.json', '{ "profile": "tiny", "colour": true }');
    chmodSync(file, 0o600);
    const report = await examine({ HEADROOM_OBSERVE: '1' });
    expect(todo(report)).toMatchObject([{ part: 'settings', text: expect.stringContaining('there is no profile `tiny`') }]);
    expect(of(report, 'settings').map(({ text }) => text)).toContainEqual(expect.stringContaining('`colour` is no setting'));
    expect(of(report, 'variable')).toMatchObject([{ advice: 'nothing gets smaller until you unset HEADROOM_OBSERVE' }]);
    machine.write('home/.config/headroom/config.json', '{');
    expect(todo(await examine())).toMatchObject([{ text: expect.stringContaining('is damaged') }]);
    expect(readdirSync(join(machine.home, '.config', 'headroom'))).toEqual(['config.json']);
  });
});

describe('the last sessions', () => {
  test('are told with what went wrong in them', async () => {
    const ask = async (status: number) => {
      const upstream = await startUpstream({ script: { steps: [{ text: 'All done.' }] } });
      const refusing = createServer((request, reply) => {
        request.resume();
        reply.writeHead(status, { 'content-type': 'application/json' }).end('{"type":"error","error":{"type":"x","message":"no"}}');
      });
      const port = await listenOn(refusing, '127.0.0.1', 0);
      await machine.run(['wrap', '--quiet', 'claude'], {
        STAND_IN: 'ask',
        ANTHROPIC_BASE_URL: status === 200 ? upstream.url : `http://127.0.0.1:${port}`,
      });
      refusing.close();
      await upstream.close();
    };
    await ask(200);
    await ask(401);
    const [last, first] = of(await examine(), 'session');
    expect(first).toMatchObject({ state: 'ok', text: expect.stringMatching(/^claude in project, .*: 1 request$/) });
    expect(last).toMatchObject({
      state: 'note',
      text: expect.stringContaining('1 refused, mostly with 401'),
      advice: expect.stringContaining('sign in'),
    });
  });
});

test('the usual port: whose it is, and which one is free', async () => {
  const server = createServer();
  const isMine = await listenOn(server, '127.0.0.1', 8787).then(
    () => true,
    () => false,
  );
  const [port] = of(await examine(), 'port');
  if (isMine) expect(port).toMatchObject({ state: 'note', advice: expect.stringMatching(/^headroom proxy --port \d+$/) });
  expect(await findFreePort('127.0.0.1', 8787)).toBeGreaterThan(8787);
  server.close();
});

test('inside a launch it says so', async () => {
  const running = machine.start(['wrap', 'claude'], { STAND_IN: 'wait', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
  await until(machine.hasReport);
  const id = readdirSync(machine.launches)[0]!;
  expect(of(await examine({ HEADROOM_LAUNCH: id }), 'launch')).toMatchObject([{ text: expect.stringContaining('inside a launch') }]);
  running.child.kill('SIGTERM');
  await running.ended;
  expect(of(await examine({ HEADROOM_LAUNCH: id }), 'launch')).toMatchObject([{ text: expect.stringContaining('is over') }]);
});
