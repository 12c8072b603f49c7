/** `headroom uninstall`: after it a machine is as it was before us, to the byte; and what it does not know it leaves. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startUpstream } from '../src/demo/upstream.ts';
import { log } from './helpers/big-result.ts';
import { createMachine, type Machine, until } from './helpers/launches.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const inHome = (path: string) => join(machine.home, path);

function put(path: string, text: string, mode = 0o644): string {
  const file = inHome(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
  return file;
}

/** Everything on the machine: folders, links, modes and bytes. */
function state(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(machine.root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isSymbolicLink() ? readlinkSync(path) : entry.isFile() ? readFileSync(path, 'latin1') : 'folder';
    found[relative(machine.root, path)] = `${entry.isSymbolicLink() ? '' : statSync(path).mode.toString(8)} ${content}`;
  }
  delete found['report.json'];
  return found;
}

/** What a person may have before us. */
function furnish(): void {
  put('.cursor/mcp.json', '{\r\n  // mine\r\n  "mcpServers": { "other": { "command": "x" }, },\r\n}', 0o640);
  put('.codex/config.toml', 'model = "m"\n[mcp_servers.other]\ncommand = "y" # z\n', 0o600);
  put('.cursor/hooks.json', '{ "version": 1, "hooks": { "stop": [{ "command": "true" }] } }');
  put('dotfiles/gemini.json', '{ "theme": "dark" }');
  mkdirSync(inHome('.gemini'));
  symlinkSync(inHome('dotfiles/gemini.json'), inHome('.gemini/settings.json'));
  put('.config/opencode/opencode.jsonc', '{ "mcp": { "headroom": { "type": "remote", "url": "https://example.com" } } }\n');
  put('.bashrc', '# headroom completion is nice\nalias ll="ls -l"\n');
  mkdirSync(inHome('.local/share/bash-completion/completions'), { recursive: true });
  mkdirSync(inHome('.config/fish/completions'), { recursive: true });
  put('.config/powershell/Microsoft.PowerShell_profile.ps1', 'Set-Alias g git\n');
  machine.write('project/.mcp.json', '{ "mcpServers": {} }\n');
}

/** Everything of ours that can leave something. */
async function useAll(): Promise<void> {
  const file = machine.write('project/long.ts', 'const line = "of some length";\n'.repeat(200));
  const upstream = await startUpstream({
    script: { steps: [{ calls: [{ read: file }] }, { calls: [{ read: file }] }, { text: 'All done.' }] },
  });
  const run = async (...words: string[]) => {
    const ended = await machine.run(words, { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask' });
    expect({ words, ...ended }).toMatchObject({ words, code: 0 });
    return ended.stdout;
  };
  await run('mcp', 'install', 'cursor', 'codex', 'gemini', 'copilot', 'vscode');
  await run('mcp', 'install', '--force', 'opencode');
  await run('cursor', 'install');
  await run('mcp', 'install', '--file', '.mcp.json', '--file', 'new/folder/mcp.json');
  await run('config', 'set', 'profile', 'standard');
  await run('wrap', 'claude', '-p', 'go');
  writeFileSync(file, log);
  await run('compress', '--command', 'docker logs web', file);
  rmSync(file);
  writeFileSync(inHome('.local/share/bash-completion/completions/headroom'), await run('completion', 'bash'));
  writeFileSync(inHome('.config/fish/completions/headroom.fish'), await run('completion', 'fish'));
  const profile = inHome('.config/powershell/Microsoft.PowerShell_profile.ps1');
  writeFileSync(profile, `${readFileSync(profile, 'utf8')}${await run('completion', 'powershell')}`);
  await upstream.close();
  const proxy = machine.start(['proxy', '--port', '0']);
  await until(() => existsSync(inHome('.cache/headroom/content-secret')));
  proxy.child.kill('SIGKILL');
  await proxy.ended;
}

describe('a machine', () => {
  test('is as it was before us, to the byte', async () => {
    furnish();
    const before = state();
    await useAll();
    const cache = readdirSync(inHome('.cache/headroom'));
    expect(cache.sort()).toEqual(['content-secret', 'decisions', 'launches', 'ledger', 'originals']);
    expect(readdirSync(inHome('.config/headroom')).sort()).toEqual(['config.json', 'mcp-files.json']);
    const installed = state();
    const shown = await machine.run(['uninstall', '--dry-run']);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/would remove 1 file of settings|would remove 2 files of settings/);
    expect(state()).toEqual(installed);
    const { code, stdout, stderr } = await machine.run(['uninstall']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`cursor    removed from ${inHome('.cursor/mcp.json')}\n`);
    expect(stdout).toMatch(/^removed 1 file of the ledger: /m);
    expect(stdout).toMatch(/^removed 1 key to what the proxy keeps: /m);
    expect(stdout).toMatch(/^removed completion script .*headroom\.fish$/m);
    expect(stdout).toContain('npm uninstall -g headroom-wrap');
    expect(state()).toEqual(before);
    expect(await machine.run(['uninstall'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^There was nothing to remove/),
    });
    expect(state()).toEqual(before);
  });

  test('that had nothing at all has nothing again', async () => {
    // But for the folders that a shell's scripts are put into.
    for (const folder of ['.local/share/bash-completion/completions', '.config/fish/completions', '.config/powershell'])
      mkdirSync(inHome(folder), { recursive: true });
    put('.config/powershell/Microsoft.PowerShell_profile.ps1', '');
    const before = state();
    await useAll();
    expect(await machine.run(['uninstall'])).toMatchObject({ code: 0, stderr: '' });
    expect(state()).toEqual(before);
  });

  test('keeps what is not ours in our folders, and what changed in the user’s files since', async () => {
    furnish();
    await useAll();
    const mine = [
      put('.cache/headroom/mine.txt', 'mine'),
      put('.cache/headroom/originals/notes', 'mine'),
      put('.config/headroom/other.json', '{}'),
    ];
    const cursor = inHome('.cursor/mcp.json');
    writeFileSync(cursor, readFileSync(cursor, 'utf8').replace('"other"', '"another"'));
    const { code, stdout } = await machine.run(['uninstall']);
    expect(code).toBe(0);
    for (const path of [mine[0], mine[2]]) expect(stdout).toContain(`left ${path}: it is not ours`);
    expect(mine.map((path) => existsSync(path))).toEqual([true, true, true]);
    expect(readFileSync(cursor, 'utf8')).toBe('{\r\n  // mine\r\n  "mcpServers": { "another": { "command": "x" }, },\r\n}');
  });
});

describe('it names and leaves', () => {
  test('a file that no longer parses and speaks of us, a backup without its file, and lines of a person', async () => {
    furnish();
    put('.bashrc', 'x=1\nsource <(headroom completion bash)\n');
    await machine.run(['mcp', 'install', 'cursor', 'codex']);
    const cursor = inHome('.cursor/mcp.json');
    const broken = `${readFileSync(cursor, 'utf8')}}`;
    writeFileSync(cursor, broken);
    rmSync(inHome('.codex/config.toml'));
    expect((await machine.run(['uninstall', '--dry-run'])).stderr).toMatch(/by hand\nSee above; the rest would be done\.\n$/);
    const { code, stdout, stderr } = await machine.run(['uninstall']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/by hand\nSee above; the rest is done\.\n$/);
    expect(stderr).toContain(`${cursor}: line`);
    expect(stderr).toContain(`${inHome('.bashrc')}, line 2, asks us for completion`);
    expect(stdout).toContain('config.toml.headroom-backup stays');
    expect(readFileSync(cursor, 'utf8')).toBe(broken);
    expect(existsSync(inHome('.codex/config.toml.headroom-backup'))).toBe(true);
  });

  test('nothing of a file that is broken and not ours', async () => {
    const files = ['.cursor/hooks.json', '.cursor/mcp.json'].map((path) => put(path, '{ broken'));
    expect(await machine.run(['uninstall'])).toMatchObject({ code: 0, stderr: '' });
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['{ broken', '{ broken']);
  });

  test('a backup of ours goes where somebody else took the entry out', async () => {
    const file = put('.cursor/mcp.json', '{}');
    await machine.run(['mcp', 'install', 'cursor']);
    writeFileSync(file, '{ "mcpServers": {} }');
    writeFileSync(`${file}.headroom-4711`, '{');
    expect(await machine.run(['uninstall'])).toMatchObject({ code: 0, stdout: expect.stringContaining('.headroom-backup') });
    expect(readdirSync(inHome('.cursor'))).toEqual(['mcp.json']);
    expect(readFileSync(file, 'utf8')).toBe('{ "mcpServers": {} }');
  });
});

describe('while something runs', () => {
  test('it changes nothing and names it; with --force what runs keeps its folder', async () => {
    await machine.run(['config', 'set', 'quiet', 'true']);
    const running = machine.start(['wrap', 'claude'], { STAND_IN: 'wait', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
    await until(machine.hasReport);
    const before = state();
    const refused = await machine.run(['uninstall']);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`process ${running.child.pid}`) });
    expect(refused.stderr.trimEnd().split('\n').length).toBe(2);
    expect(state()).toEqual(before);
    expect(await machine.run(['uninstall', '--dry-run'])).toMatchObject({ code: 0, stderr: expect.stringContaining('still running') });
    expect(await machine.run(['uninstall', '--force'])).toMatchObject({ code: 0 });
    expect(existsSync(inHome('.config/headroom'))).toBe(false);
    expect(readdirSync(machine.launches).length).toBe(1);
    running.child.kill('SIGTERM');
    await running.ended;
    await machine.run(['uninstall']);
    expect(existsSync(inHome('.cache'))).toBe(false);
  });

  test('a launch of another machine counts, until it is a month old or --force is said', async () => {
    const folder = join(machine.launches, '12-345.abc-01234567-89abcdef');
    mkdirSync(folder, { recursive: true });
    expect(await machine.run(['uninstall'])).toMatchObject({ code: 2, stderr: expect.stringContaining('another machine') });
    cpSync(folder, `${folder.slice(0, -1)}0`, { recursive: true });
    const old = new Date(Date.now() - 31 * 86_400_000);
    utimesSync(folder, old, old);
    await machine.run(['uninstall']);
    expect(readdirSync(machine.launches).length).toBe(2);
    expect(await machine.run(['uninstall', '--force'])).toMatchObject({ code: 0 });
    expect(existsSync(join(machine.home, '.cache/headroom'))).toBe(false);
  });
});

test('clean --all takes the key of the proxy, where nothing runs', async () => {
  const key = put('.cache/headroom/content-secret', `${'0'.repeat(32)}\n`, 0o600);
  const running = machine.start(['wrap', 'claude'], { STAND_IN: 'wait', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
  await until(machine.hasReport);
  await machine.run(['clean', '--all']);
  expect(existsSync(key)).toBe(true);
  running.child.kill('SIGTERM');
  await running.ended;
  await machine.run(['clean']);
  expect(existsSync(key)).toBe(true);
  expect((await machine.run(['clean', '--all'])).stdout).toContain('removed 1 key to what the proxy keeps');
  expect(existsSync(key)).toBe(false);
});
