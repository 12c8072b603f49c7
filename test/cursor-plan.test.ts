/** The cursor wrapper as a pure function: words in, a plugin for one launch out. */
import { describe, expect, test } from 'vitest';
import type { Plan, Situation } from '../src/launch/wrapper.ts';
import { cursor } from '../wrappers/cursor.ts';

const toolOutputAddress = 'http://127.0.0.1:4711/ffeeddccbbaa99887766554433221100/tool-output';

function plan(args: readonly string[] = [], given: Partial<Situation> = {}): Plan {
  return cursor.plan({
    ...{ args, environment: {}, platform: 'linux', homeFolder: '/home/me', workingFolder: '/repo', projectFolder: '/repo', files: [] },
    ...{ privateFolder: '/private', proxyAddress: 'http://127.0.0.1:4711/00112233445566778899aabbccddeeff', toolOutputAddress },
    programs: { node: '/usr/bin/node', folder: '/lib/dist' },
    ...given,
  });
}

const textOf = ({ files }: Plan, name: string) => files.find((file) => file.name === name)?.text ?? '';
const hooksOf = (made: Plan) => JSON.parse(textOf(made, 'cursor-plugin/hooks/hooks.json'));

describe('the plugin', () => {
  test('stands before the words of the user, which stay as they are', () => {
    const words = ['--model', 'x', '--plugin-dir', '/mine', 'fix it', '--', '--help'];
    expect(plan(words)).toMatchObject({
      ...{ command: 'agent', args: ['--plugin-dir', '/private/cursor-plugin', ...words], environment: {} },
      ...{ covers: 'tool-output', callsModel: true, runsBare: false },
    });
  });

  test("never gives the trust that is the user's to give", () => {
    expect(plan(['-p', 'hello']).args).toEqual(['--plugin-dir', '/private/cursor-plugin', '-p', 'hello']);
  });

  test('has one hook after MCP tools, and nothing that decides about permission', () => {
    const made = plan();
    expect(JSON.parse(textOf(made, 'cursor-plugin/.cursor-plugin/plugin.json'))).toMatchObject({
      name: 'headroom',
      hooks: './hooks/hooks.json',
    });
    expect(hooksOf(made)).toEqual({
      version: 1,
      hooks: {
        postToolUse: [
          { command: "'/usr/bin/node' '/lib/dist/cursor-hook.js' '/private/tool-output-address'", matcher: '^MCP:', timeout: 20 },
        ],
      },
    });
    expect(textOf(made, 'tool-output-address')).toBe(`${toolOutputAddress}\n`);
    expect(made.files.filter(({ name }) => name.includes('plugin')).some(({ text }) => text.includes('ffeedd'))).toBe(false);
  });

  test('holds no two slashes in a row, whatever the paths', () => {
    const made = plan([], { privateFolder: "//home//it's mine", programs: { node: '/opt//node', folder: '//lib' } });
    const hooks = textOf(made, 'cursor-plugin/hooks/hooks.json');
    expect(hooks).not.toContain('//');
    expect(JSON.parse(hooks).hooks.postToolUse[0].command).toBe(
      String.raw`'/opt/node' '/lib/cursor-hook.js' '/home/it'\''s mine/tool-output-address'`,
    );
  });

  test('on Windows goes through a script that any shell there can start', () => {
    const made = plan([], {
      ...{ platform: 'win32', privateFolder: String.raw`C:\Users\me\Cache\1` },
      programs: { node: String.raw`C:\Program Files\nodejs\node.exe`, folder: String.raw`C:\100%\dist` },
    });
    expect(made.args).toEqual(['--plugin-dir', String.raw`C:\Users\me\Cache\1\cursor-plugin`]);
    expect(hooksOf(made).hooks.postToolUse[0].command).toBe(String.raw`cmd.exe /d /c call "C:\Users\me\Cache\1\run-hook.cmd"`);
    expect(textOf(made, 'run-hook.cmd')).toBe(
      `${String.raw`@"C:\Program Files\nodejs\node.exe" "C:\100%%\dist\cursor-hook.js" "C:\Users\me\Cache\1\tool-output-address"`}\r\n`,
    );
  });
});

describe('launches', () => {
  test.each([
    ['login', ['login']],
    ['status after options', ['--model', 'login-model', '-H', 'a: b', 'status']],
    ['the version', ['--version']],
    ['help of a command', ['mcp', '--help']],
    ['the list of models', ['--list-models']],
    ['MCP servers', ['mcp', 'list']],
  ])('%s: as without us, and no note', (_, args) => {
    expect(plan(args)).toMatchObject({ args, files: [], notes: [], runsBare: true, callsModel: false });
  });

  test.each([
    ['a prompt that begins like a command', ['status of the build']],
    ['a value that is a command elsewhere', ['--model', 'login', 'hi']],
    ['a session to go on with', ['--resume', 'login']],
    ['resuming the last', ['resume']],
    ['the protocol for editors', ['acp']],
    ['words after the end of options', ['--', '--help']],
  ])('%s: with the plugin', (_, args) => {
    expect(plan(args)).toMatchObject({ args: ['--plugin-dir', '/private/cursor-plugin', ...args], runsBare: false, callsModel: true });
  });

  test.each([[['-c', 'x']], [['--cloud']], [['worker', 'start']]])('%j runs elsewhere, and that is said', (args) => {
    const made = plan(args);
    expect(made).toMatchObject({ args, files: [], runsBare: true, callsModel: false });
    expect(made.notes).toHaveLength(1);
  });

  test('the note says what is covered', () => {
    expect(plan().notes).toEqual([expect.stringMatching(/cannot be proxied.*the receipt covers MCP output only/)]);
  });
});

test.each([
  ['the installer', '/home/me/.local/share/cursor-agent/versions/2026.09.18-9a7762b/cursor-agent', '\x7fELF', true],
  ['the Windows installer', String.raw`C:\Users\me\AppData\Local\cursor-agent\agent.cmd`, '@echo off', true],
  ['a script about it', '/home/me/bin/agent', '#!/bin/sh\nexec cursor-agent "$@"', true],
  ['another program', '/usr/bin/agent', '\x7fELF cursor-agent', false],
  ['another script', '/usr/bin/agent', '#!/bin/sh\nexec ssh-agent', false],
  ['another program of a user named cursor', '/home/cursor/bin/agent', '#!/bin/sh', false],
])('%s is told by path and beginning', (_, path, start, expected) => {
  expect(cursor.recognises?.({ path, start })).toBe(expected);
});
