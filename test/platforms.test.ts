/** Windows and macOS where their rules are ours to follow, with the platform handed in: what only a real one could show is not claimed here. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeOutScripts } from '../src/commands/completion-scripts.ts';
import { checkFolders } from '../src/commands/doctor-folders.ts';
import { type AgentSearch, findAgent } from '../src/launch/find-agent.ts';
import { findPortOwner } from '../src/launch/port-owner.ts';
import { handleSignals } from '../src/launch/terminal-signals.ts';
import { describeToolServer } from '../src/launch/tool-server.ts';
import { mcpAgents } from '../src/mcp/agents.ts';
import { isOwnEntry } from '../src/mcp/own-entry.ts';
import { testedVersions, wrappers } from '../wrappers/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'platforms-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text = '', mode = 0o644): string {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const agent = { title: 'Claude Code', command: 'claude', install: '', otherPlaces: () => [] };
const search = (environment: AgentSearch['environment'], platform: NodeJS.Platform = 'win32'): AgentSearch => ({
  ...{ environment, platform, homeFolder: root, workingFolder: root, ownFile: join(root, 'cli.js') },
});

describe('an agent on Windows', () => {
  test('is the shim that npm makes for it, though a script for another shell stands beside it', () => {
    put('npm/claude', '#!/bin/sh\n', 0o755);
    put('npm/claude.ps1');
    const shim = put('npm/claude.cmd', '@ECHO off\n');
    expect(findAgent(agent, search({ Path: `C:\\none;"${join(root, 'npm')}"` }))).toBe(shim);
    expect(findAgent(agent, search({ PATH: join(root, 'npm'), PATHEXT: '.EXE;.CMD' }))).toBe(shim);
    expect(() => findAgent(agent, search({ PATH: join(root, 'npm'), PATHEXT: '.EXE' }))).toThrow(/is not on PATH/);
  });

  test('is the one of the first folder, and of two endings there the first of PATHEXT', () => {
    const first = put('a/claude.exe');
    put('a/claude.cmd');
    put('b/claude.com');
    expect(findAgent(agent, search({ Path: `${join(root, 'a')};${join(root, 'b')}`, PathExt: '.COM;.EXE;.BAT;.CMD' }))).toBe(first);
  });

  test('is never a shim that would start us again', () => {
    put('cli.js');
    put('a/claude.cmd', '@headroom wrap claude %*\r\n');
    const real = put('b/claude.cmd', '@node claude.js %*\r\n');
    expect(findAgent(agent, search({ Path: `${join(root, 'a')};${join(root, 'b')}` }))).toBe(real);
  });
});

test('elsewhere a program needs its bit, and folders are parted by colons', () => {
  put('a/claude');
  const real = put('b/claude', '', 0o755);
  for (const platform of ['darwin', 'linux'] as const)
    expect(findAgent(agent, search({ PATH: `${join(root, 'a')}:${join(root, 'b')}` }, platform))).toBe(real);
});

describe('settings of agents that take an MCP server', () => {
  const filesOf = (name: string, platform: NodeJS.Platform, homeFolder: string, environment = {}) =>
    mcpAgents.find((each) => each.name === name)?.files({ platform, homeFolder, environment });

  test('lie where each has them on Windows', () => {
    const home = 'C:\\Users\\me';
    expect(filesOf('claude', 'win32', home)).toEqual(['C:\\Users\\me\\.claude.json']);
    expect(filesOf('cursor', 'win32', home)).toEqual(['C:\\Users\\me\\.cursor\\mcp.json']);
    expect(filesOf('vscode', 'win32', home)).toEqual(['C:\\Users\\me\\AppData\\Roaming\\Code\\User\\mcp.json']);
    expect(filesOf('vscode', 'win32', home, { APPDATA: 'D:\\r' })).toEqual(['D:\\r\\Code\\User\\mcp.json']);
    for (const { name } of mcpAgents) expect(filesOf(name, 'win32', home)?.every((path) => /^C:\\[^/]+$/.test(path))).toBe(true);
  });

  test('and on macOS', () => {
    expect(filesOf('vscode', 'darwin', '/Users/me')).toEqual(['/Users/me/Library/Application Support/Code/User/mcp.json']);
    expect(filesOf('codex', 'darwin', '/Users/me')).toEqual(['/Users/me/.codex/config.toml']);
  });

  test('an entry of ours is known by either kind of path', () => {
    expect(isOwnEntry({ command: 'C:\\node.exe', args: ['C:\\npm\\headroom-wrap\\dist\\cli.js', 'mcp'] })).toBe(true);
    expect(isOwnEntry({ command: 'C:\\node.exe', args: ['C:\\npm\\other\\dist\\client.js', 'mcp'] })).toBe(false);
  });

  test('a server is told where our folders are only where XDG counts', () => {
    const surroundings = {
      ...{
        version: '1',
        environment: { XDG_CACHE_HOME: '/c' },
        homeFolder: root,
        workingFolder: root,
        ownFile: '/cli.js',
        isInteractive: false,
      },
    };
    expect(describeToolServer({ ...surroundings, platform: 'darwin' }).environment).toEqual({ XDG_CACHE_HOME: '/c' });
    expect(describeToolServer({ ...surroundings, platform: 'win32' }).environment).toEqual({});
  });
});

describe('wrappers', () => {
  test.each(wrappers.map((wrapper) => [wrapper.name, wrapper] as const))('%s reads and plans on Windows and macOS', (_, wrapper) => {
    for (const [platform, home] of [
      ['win32', 'C:\\Users\\me'],
      ['darwin', '/Users/me'],
    ] as const) {
      const folders = { homeFolder: home, workingFolder: `${home}${platform === 'win32' ? '\\' : '/'}work`, projectFolder: home };
      const place = { args: [], environment: {}, platform, ...folders };
      const paths = wrapper.readsFiles(place);
      // A path of the one kind with separators of the other is no path.
      expect(paths.filter((path) => (platform === 'win32' ? /^[A-Z]:\\[^/]*$/ : /^\/[^\\]*$/).test(path) === false)).toEqual([]);
      const files = paths.filter((path) => !path.endsWith('*.json')).map((path) => ({ path, text: undefined }));
      const privateFolder = platform === 'win32' ? 'C:\\p' : '/p';
      const plan = wrapper.plan({ ...place, files, privateFolder, proxyAddress: 'http://127.0.0.1:1/s' });
      expect(plan.files.filter(({ name }) => name.includes('\\'))).toEqual([]);
      expect(plan.args.filter((word) => word.includes('C:\\p/') || word.includes('/p\\'))).toEqual([]);
    }
  });

  test('have no version that is not theirs', () => {
    expect(Object.keys(testedVersions).filter((name) => !wrappers.some((wrapper) => wrapper.name === name))).toEqual([]);
  });
});

test('signals that Windows does not know are not asked for there', () => {
  const before = process.listenerCount('SIGTSTP');
  const stop = handleSignals({ SIGTSTP: () => {}, SIGINT: () => {} }, 'win32');
  expect([process.listenerCount('SIGTSTP') - before, process.listenerCount('SIGINT') > 0]).toEqual([0, true]);
  stop();
  const stopElsewhere = handleSignals({ SIGTSTP: () => {} }, 'darwin');
  expect(process.listenerCount('SIGTSTP') - before).toBe(1);
  stopElsewhere();
  expect(process.listenerCount('SIGTSTP')).toBe(before);
});

test('nobody is named as the owner of a port where the system does not say', () => {
  for (const platform of ['win32', 'darwin'] as const) expect(findPortOwner(1, platform)).toBeUndefined();
});

test('modes of folders mean nothing on Windows, and something elsewhere', async () => {
  const look = async (platform: NodeJS.Platform, environment: Record<string, string>) =>
    (await checkFolders({ platform, environment, homeFolder: root })).filter(({ state }) => state === 'todo');
  mkdirSync(join(root, 'Library/Caches/headroom'), { recursive: true, mode: 0o755 });
  chmodSync(join(root, 'Library/Caches/headroom'), 0o755);
  expect(await look('darwin', {})).toMatchObject([{ advice: expect.stringContaining('chmod 700') }]);
  expect(await look('win32', {})).toEqual([]);
});

describe('scripts for completion', () => {
  const script =
    "# powershell completion for headroom -*- shell-script -*-\r\nheadroom complete --\r\nRegister-ArgumentCompleter -CommandName 'headroom' -ScriptBlock $__headroomCompleterBlock\r\n\r\n";

  test.each([
    ['win32', 'Documents/PowerShell/Microsoft.PowerShell_profile.ps1'],
    ['win32', 'Documents/WindowsPowerShell/profile.ps1'],
    ['darwin', '.config/powershell/Microsoft.PowerShell_profile.ps1'],
  ] as const)('leave a profile of PowerShell on %s as it was: %s', (platform, path) => {
    const profile = put(path, `Set-Alias g git\r\n${script}# mine\r\n`);
    expect(takeOutScripts(false, { platform, homeFolder: root, environment: {} })).toMatchObject({
      done: [expect.stringContaining(profile)],
      toDo: [],
    });
    expect(readFileSync(profile, 'utf8')).toBe('Set-Alias g git\r\n# mine\r\n');
  });
});
