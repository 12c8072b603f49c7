/** `headroom wrap --mcp`: our tools for one launch, by the plan of each agent that can take them. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeToolServer } from '../src/launch/tool-server.ts';
import type { Situation } from '../src/launch/wrapper.ts';
import { claude } from '../wrappers/claude.ts';
import { codex } from '../wrappers/codex.ts';
import { wrappers } from '../wrappers/index.ts';
import { createMachine, type Machine, placeProgram } from './helpers/launches.ts';
import { testRun, withClient } from './helpers/mcp-client.ts';

const surroundings = {
  ...({ version: '1', environment: {}, platform: 'linux', homeFolder: '/home/me', workingFolder: '/repo', isInteractive: true } as const),
  ownFile: '/opt/a "b" c/cli.js',
};
const toolServer = describeToolServer({ ...surroundings, environment: { XDG_CACHE_HOME: '/cache here', XDG_CONFIG_HOME: 'not/absolute' } });

const situation = (given: Partial<Situation>): Situation => ({
  ...{ args: [], environment: {}, platform: 'linux', homeFolder: '/home/me', workingFolder: '/repo', projectFolder: '/repo', files: [] },
  ...{ privateFolder: '/private', proxyAddress: 'http://127.0.0.1:4711/00112233445566778899aabbccddeeff' },
  ...given,
});

describe('the plan', () => {
  test('of Claude Code names a private file with the server, and lets it be called unasked', () => {
    const { args, files } = claude.plan(situation({ toolServer, args: ['-p', 'hi'], originalsFolder: '/originals' }));
    expect(args).toEqual(['--mcp-config=/private/claude-mcp.json', '--settings', '/private/claude-settings.json', '-p', 'hi']);
    const [settings, servers] = files.map(({ name, text }) => ({ name, value: JSON.parse(text) as unknown }));
    expect(settings).toMatchObject({ value: { permissions: { allow: ['Read(//originals/**)', 'mcp__headroom'] } } });
    expect(servers).toEqual({
      name: 'claude-mcp.json',
      value: {
        mcpServers: {
          headroom: {
            ...{ type: 'stdio', command: process.execPath, args: ['/opt/a "b" c/cli.js', 'mcp'] },
            ...{ env: { XDG_CACHE_HOME: '/cache here' }, alwaysLoad: true },
          },
        },
      },
    });
  });

  test('of Claude Code leaves the settings file of the user where it is', () => {
    const files = [{ path: '/repo/mine.json', text: '{"permissions":{"deny":["WebFetch"]}}' }];
    const made = claude.plan(situation({ toolServer, args: ['--settings', 'mine.json'], files, originalsFolder: '/originals' }));
    expect(made.args).toEqual([
      ...['--mcp-config=/private/claude-mcp.json', '--allowedTools=Read(//originals/**)', '--allowedTools=mcp__headroom'],
      ...['--settings', 'mine.json'],
    ]);
    expect(made.files.map(({ name }) => name)).toEqual(['claude-mcp.json']);
  });

  test('of Codex holds the server as a table that reads back', () => {
    const files = codex
      .readsFiles(situation({}))
      .map((path) => ({ path, text: path.endsWith('auth.json') ? '{"OPENAI_API_KEY":"k"}' : undefined }));
    const { args } = codex.plan(situation({ toolServer, args: ['exec', 'hi'], files }));
    const bare = codex.plan(situation({ args: ['exec', 'hi'], files }));
    expect(args.slice(2)).toEqual(bare.args);
    expect([args[0], parse(args[1] ?? '')]).toEqual([
      '-c',
      {
        mcp_servers: {
          headroom: { command: process.execPath, args: ['/opt/a "b" c/cli.js', 'mcp'], env: { XDG_CACHE_HOME: '/cache here' } },
        },
      },
    ]);
  });

  test('of neither changes where nobody asked', () => {
    for (const wrapper of [claude, codex]) expect(JSON.stringify(wrapper.plan(situation({})))).not.toContain('mcp');
  });

  test('of which agents can take it, `--mcp` in the README says', () => {
    const [, said = ''] = /^\| `--mcp` \|.*: (.*) \|$/m.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8')) ?? [];
    const able = wrappers.filter(({ takesTools }) => takesTools).map(({ title }) => title);
    expect(said.split(', ').sort()).toEqual(able.sort());
  });
});

describe('a launch', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());
  const quiet = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };

  test('hands our own program over, and leaves nothing', async () => {
    const before = machine.homeState();
    const { code, stderr } = await machine.run(['wrap', '--mcp', 'claude', 'x'], quiet);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [config = ''] = machine.report().args;
    expect(config).toMatch(/^--mcp-config=.*claude-mcp\.json$/);
    expect(existsSync(config.replace('--mcp-config=', ''))).toBe(false);
    expect(machine.homeState()).toEqual(before);
  });

  test('says so where the agent cannot take it', async () => {
    placeProgram(join(machine.bin, 'aider'), 'exit 0');
    const { code, stderr } = await machine.run(['wrap', '--mcp', 'aider', '--model', 'gpt-4o'], { OPENAI_API_KEY: 'k' });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('aider takes no tools for one launch: --mcp does nothing here\n'),
    });
  });

  test('that leaves nothing keeps what the tools make smaller in its own folder', async () => {
    const folder = join(machine.launches, 'one', 'originals');
    mkdirSync(join(machine.launches, 'one'), { recursive: true });
    await withClient(
      machine,
      async (_client, call) => {
        const { json } = await call('headroom_compress', { content: testRun, kind: 'pytest -v' });
        expect(readFileSync(join(folder, json.hash as string), 'utf8')).toBe(testRun);
        expect((await call('headroom_retrieve', { hash: json.hash })).json.original_content).toBe(testRun);
      },
      ['--originals', folder],
    );
    expect(existsSync(join(machine.home, '.cache', 'headroom', 'originals'))).toBe(false);
  });
});
