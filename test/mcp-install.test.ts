/** `headroom mcp install`, `uninstall` and `status` on a machine of its own: files that people wrote, and agents' own commands. */
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mcpAgents } from '../src/mcp/agents.ts';
import { createMachine, type Machine, placeProgram } from './helpers/launches.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
  // The stand-in that every machine has calls a model; here agents are there when a test says so.
  rmSync(join(machine.bin, 'claude'));
});
afterEach(() => machine.remove());

const mcp = (...words: string[]) => machine.run(['mcp', ...words]);
const inHome = (path: string) => join(machine.home, path);
const read = (path: string) => readFileSync(path, 'utf8');

function put(path: string, text: string): string {
  const file = inHome(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** An agent that writes down how it was called. */
function placeAgent(name: string, script = ''): () => readonly string[] {
  const log = join(machine.root, `${name}.log`);
  placeProgram(
    join(machine.bin, name),
    `for word in "$@"; do printf '%s\\n' "$word" >> "${log}"; done; printf -- '--end\\n' >> "${log}"\n${script}`,
  );
  return () => (existsSync(log) ? read(log).trim().split('\n') : []);
}

const start = () => ({ command: process.execPath, args: [machine.cli, 'mcp'] });

/** Where each agent keeps its servers, in a home on Linux, and what stands there then. */
const places: Readonly<
  Record<string, { path: string; read: (value: Record<string, Record<string, unknown>>) => unknown; entry: () => unknown }>
> = {
  claude: { path: '.claude.json', read: (value) => value.mcpServers?.headroom, entry: () => ({ type: 'stdio', ...start() }) },
  cursor: { path: '.cursor/mcp.json', read: (value) => value.mcpServers?.headroom, entry: start },
  gemini: { path: '.gemini/settings.json', read: (value) => value.mcpServers?.headroom, entry: start },
  opencode: {
    path: '.config/opencode/opencode.json',
    read: (value) => value.mcp?.headroom,
    entry: () => ({ type: 'local', command: [process.execPath, machine.cli, 'mcp'], enabled: true }),
  },
  copilot: {
    path: '.copilot/mcp-config.json',
    read: (value) => value.mcpServers?.headroom,
    entry: () => ({ type: 'local', ...start(), tools: ['*'] }),
  },
  vscode: { path: '.config/Code/User/mcp.json', read: (value) => value.servers?.headroom, entry: () => ({ type: 'stdio', ...start() }) },
};

test.each(Object.keys(places))('%s without a program here gets its file, and loses it again', async (name) => {
  const { path, read: entryIn, entry } = places[name]!;
  expect(await mcp('install', name)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`added to ${inHome(path)}`) });
  expect(entryIn(JSON.parse(read(inHome(path))) as never)).toEqual(entry());
  expect(statSync(inHome(path)).mode & 0o777).toBe(0o600);
  expect(await mcp('install', name)).toMatchObject({ code: 0, stdout: expect.stringContaining('is there already') });
  expect((await mcp('status')).stdout).toMatch(new RegExp(`^${name} +installed +`, 'm'));
  expect(await mcp('uninstall', name)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('removed from') });
  expect(existsSync(inHome(path))).toBe(false);
  expect(await mcp('uninstall', name)).toMatchObject({ code: 0, stdout: expect.stringContaining('was not there') });
});

test('every agent is tried above, or by its own command below', () => {
  expect(mcpAgents.map(({ name }) => name).sort()).toEqual([...Object.keys(places), 'codex'].sort());
});

describe('a file that a person wrote', () => {
  const text =
    '\uFEFF{\r\n\t// my servers\r\n\t"mcpServers": {\r\n\t\t"other": { "command": "x" }, // mine\r\n\t},\r\n\t"b": 1e2, /* keep */ "a": 0\r\n}';

  test('keeps its comments, order, indentation, line ends and mode, has a backup beside it, and comes back to the byte', async () => {
    const file = put('.cursor/mcp.json', text);
    chmodSync(file, 0o640);
    await mcp('install', 'cursor');
    const [command, cli] = [process.execPath, machine.cli].map((path) => JSON.stringify(path));
    const lines = ['"headroom": {', `\t"command": ${command},`, '\t"args": [', `\t\t${cli},`, '\t\t"mcp"', '\t]', '},'];
    expect(read(file)).toBe(text.replace('// mine\r\n', `// mine\r\n${lines.map((line) => `\t\t${line}\r\n`).join('')}`));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(read(`${file}.headroom-backup`)).toBe(text);
    await mcp('uninstall', 'cursor');
    expect({ text: read(file), mode: statSync(file).mode & 0o777, hasBackup: existsSync(`${file}.headroom-backup`) }).toEqual({
      ...{ text, mode: 0o640, hasBackup: false },
    });
  });

  test('loses our entry alone where something else has changed since', async () => {
    const file = put('.cursor/mcp.json', text);
    await mcp('install', 'cursor');
    const changed = (now: string) => now.replace('1e2', '1e3').replace('"other"', '"another"');
    writeFileSync(file, changed(read(file)));
    await mcp('uninstall', 'cursor');
    expect(read(file)).toBe(changed(text));
    expect(existsSync(`${file}.headroom-backup`)).toBe(false);
  });

  test('loses the object that we made around our entry as well, unless somebody uses it by now', async () => {
    const file = put('.gemini/settings.json', '{\n  "theme": "dark" // of course\n}\n');
    await mcp('install', 'gemini');
    writeFileSync(file, read(file).replace('dark', 'light'));
    await mcp('uninstall', 'gemini');
    expect(read(file)).toBe('{\n  "theme": "light" // of course\n}\n');
    await mcp('install', 'gemini');
    writeFileSync(file, read(file).replace('"headroom"', '"mine": {},\n    "headroom"'));
    await mcp('uninstall', 'gemini');
    expect(JSON.parse(read(file).replace('// of course', ''))).toEqual({ theme: 'light', mcpServers: { mine: {} } });
  });

  test('is followed through a link, which stays one', async () => {
    const real = put('dotfiles/mcp.json', '{}\n');
    mkdirSync(inHome('.cursor'));
    symlinkSync(real, inHome('.cursor/mcp.json'));
    await mcp('install', 'cursor');
    expect(lstatSync(inHome('.cursor/mcp.json')).isSymbolicLink()).toBe(true);
    expect(read(real)).toContain('headroom');
    await mcp('uninstall', 'cursor');
    expect(read(real)).toBe('{}\n');
  });

  test('is shown as it would become by --dry-run, and stays', async () => {
    put('.cursor/mcp.json', '{\n  "mcpServers": {}\n}\n');
    const before = machine.homeState();
    const { code, stdout } = await mcp('install', '--dry-run', 'cursor', 'vscode');
    expect(code).toBe(0);
    expect(stdout).toContain('-  "mcpServers": {}\n+  "mcpServers": {\n+    "headroom": {\n');
    expect(stdout).toContain(`would write ${inHome('.config/Code/User/mcp.json')}`);
    expect(machine.homeState()).toEqual(before);
    await mcp('install', 'cursor');
    const installed = machine.homeState();
    expect((await mcp('uninstall', '--dry-run')).stdout).toContain('+  "mcpServers": {}\n');
    expect(machine.homeState()).toEqual(installed);
  });

  test.each([
    ['{ "a": 1,, }', 'line 1 does not parse'],
    ['{\n  "mcpServers": {\n', 'line 3 does not parse'],
    ['[]', 'it holds no JSON object'],
    ['{ "mcpServers": [] }', '`mcpServers` is no object there'],
    ['{ "mcpServers": {}, "mcpServers": {} }', '`mcpServers` stands there twice'],
  ])('that makes no sense is refused and stays: %j', async (wrong, reason) => {
    const file = put('.cursor/mcp.json', wrong);
    const { code, stdout, stderr } = await mcp('install', 'cursor');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^headroom: [^\n]+\n[^\n]+\n$/);
    expect(stderr).toContain(`${file}: ${reason}`);
    expect(read(file)).toBe(wrong);
    expect((await mcp('status')).stdout).toMatch(/^cursor +unreadable/m);
    expect(await mcp('uninstall')).toMatchObject({ code: 0, stdout: 'It is in no agent.\n' });
  });

  test('in another encoding is refused and stays', async () => {
    const file = inHome('.cursor/mcp.json');
    mkdirSync(dirname(file));
    writeFileSync(file, Buffer.from('{"a":"\u00e9"}', 'latin1'));
    expect(await mcp('install', 'cursor')).toMatchObject({ code: 2, stderr: expect.stringContaining('it is no text in UTF-8') });
    expect(readFileSync(file)).toEqual(Buffer.from('{"a":"\u00e9"}', 'latin1'));
  });
});

test('another server of our name stays, unless --force says so, and then comes back', async () => {
  const text = '{\n  "mcpServers": { "headroom": { "command": "headroom", "args": ["mcp", "serve"] } }\n}\n';
  const file = put('.cursor/mcp.json', text);
  expect(await mcp('install', 'cursor')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('another server named headroom: headroom mcp serve'),
  });
  expect(await mcp('uninstall', 'cursor')).toMatchObject({ code: 0, stdout: expect.stringContaining('was not there') });
  expect(read(file)).toBe(text);
  expect((await mcp('status')).stdout).toMatch(/^cursor +another one/m);
  expect(await mcp('install', '--force', 'cursor')).toMatchObject({ code: 0 });
  expect(JSON.parse(read(file))).toEqual({ mcpServers: { headroom: start() } });
  await mcp('uninstall', 'cursor');
  expect(read(file)).toBe(text);
});

test('an entry of an earlier place of ours is replaced, and what stood there before us still comes back', async () => {
  const text = '{"mcpServers":{"x":{"command":"y"}}}';
  const file = put('.cursor/mcp.json', text);
  await mcp('install', 'cursor');
  writeFileSync(file, read(file).replace(machine.cli, '/somewhere/else/cli.js'));
  expect((await mcp('status')).stdout).toMatch(/^cursor +program gone/m);
  expect(await mcp('install', 'cursor')).toMatchObject({ code: 0, stdout: expect.stringContaining('added to') });
  expect(JSON.parse(read(file))).toEqual({ mcpServers: { x: { command: 'y' }, headroom: start() } });
  await mcp('uninstall', 'cursor');
  expect(read(file)).toBe(text);
});

describe("an agent's own command", () => {
  test('adds and removes for Claude Code', async () => {
    const calls = placeAgent('claude');
    expect(await mcp('install', 'claude')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^claude +added by `claude mcp add`$/m),
    });
    expect(calls()).toEqual(['mcp', 'add', '--scope', 'user', 'headroom', '--', process.execPath, machine.cli, 'mcp', '--end']);
    expect(existsSync(inHome('.claude.json'))).toBe(false);
    put('.claude.json', JSON.stringify({ mcpServers: { headroom: { type: 'stdio', ...start(), env: {} } } }));
    expect(await mcp('install', 'claude')).toMatchObject({ stdout: expect.stringContaining('is there already') });
    expect(await mcp('uninstall')).toMatchObject({ code: 0, stdout: expect.stringContaining('removed by `claude mcp remove`') });
    expect(calls().slice(10)).toEqual(['mcp', 'remove', '--scope', 'user', 'headroom', '--end']);
  });

  test('is told where our folders are, where they are not the usual ones', async () => {
    const calls = placeAgent('codex');
    await machine.run(['mcp', 'install', 'codex'], { XDG_CACHE_HOME: join(machine.root, 'cache here') });
    const cache = `XDG_CACHE_HOME=${join(machine.root, 'cache here')}`;
    expect(calls()).toEqual(['mcp', 'add', 'headroom', '--env', cache, '--', process.execPath, machine.cli, 'mcp', '--end']);
  });

  test('is not asked in Gemini CLI, which would write the whole file anew', async () => {
    const calls = placeAgent('gemini');
    const text = '{ "theme": "x" } // mine\n';
    const file = put('.gemini/settings.json', text);
    await mcp('install', 'gemini');
    expect(read(file)).toContain('"headroom"');
    await mcp('uninstall', 'gemini');
    expect({ text: read(file), calls: calls() }).toEqual({ text, calls: [] });
  });

  test('replaces an entry that starts us from elsewhere', async () => {
    const calls = placeAgent('codex');
    put('.codex/config.toml', '[mcp_servers.headroom]\ncommand = "node"\nargs = ["/old/cli.js", "mcp"]\n');
    expect((await mcp('install', '--dry-run', 'codex')).stdout).toContain('would run: codex mcp remove headroom && codex mcp add');
    expect(calls()).toEqual([]);
    await mcp('install', 'codex');
    expect(calls().join(' ')).toBe(`mcp remove headroom --end mcp add headroom -- ${process.execPath} ${machine.cli} mcp --end`);
  });

  test('that fails is told in its own words, and the others go on', async () => {
    placeAgent('claude', 'echo "No such scope." >&2; exit 3');
    mkdirSync(inHome('.cursor'));
    const { code, stdout, stderr } = await mcp('install');
    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringMatching(/^cursor +added to /m) });
    expect(stderr).toMatch(
      /^headroom: claude: `claude mcp add .*` failed: No such scope\.\nheadroom: 1 of 2 agents were left as they are\n$/,
    );
  });
});

test('Codex without a program gets a table at the end of its file, and its file back', async () => {
  const text = '# mine\nmodel = "gpt-5.5"\n[mcp_servers.other]\ncommand = "x" # y\n';
  const file = put('.codex/config.toml', text);
  await mcp('install', 'codex');
  expect(read(file)).toBe(`${text}\n[mcp_servers.headroom]\ncommand = "${process.execPath}"\nargs = ["${machine.cli}", "mcp"]\n`);
  writeFileSync(file, `${read(file)}\n# later\n[projects."/x"]\ntrust_level = "trusted"\n`);
  await mcp('uninstall', 'codex');
  expect(read(file)).toBe(`${text}\n# later\n[projects."/x"]\ntrust_level = "trusted"\n`);
  writeFileSync(file, 'mcp_servers = { other = { command = "x" } }\n');
  expect(await mcp('install', 'codex')).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be edited safely') });
  writeFileSync(file, 'model = \n');
  expect(await mcp('install', 'codex')).toMatchObject({ code: 2, stderr: expect.stringContaining('line 1 does not parse') });
  expect(read(file)).toBe('model = \n');
});

test.each([
  ['any.json', '{}', ['mcpServers']],
  ['.mcp.json', '', ['mcpServers']],
  ['mcp.json', '{ "servers": {} }', ['servers']],
  ['opencode.jsonc', '{ /* mine */ }', ['mcp']],
  ['opencode.json', '{ "mcp": { "servers": {} } }', ['mcp', 'servers']],
])('any file is taken by --file: %s with %j', async (name, text, keys) => {
  const file = put(`project/${name}`, text);
  expect(await mcp('install', '--file', file)).toMatchObject({ code: 0, stderr: '' });
  const value = JSON.parse(read(file).replace('/* mine */', '')) as Record<string, unknown>;
  expect(keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value)).toHaveProperty('headroom');
  expect(await mcp('uninstall', '--file', file)).toMatchObject({ code: 0, stdout: expect.stringContaining('removed from') });
  expect(read(file)).toBe(text);
});

test('what cannot be meant is said in a line or two', async () => {
  expect(await mcp('install')).toMatchObject({ code: 2, stderr: expect.stringContaining('No agent is found here') });
  expect(await mcp('install', 'emacs')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^headroom: There is no agent `emacs`\nAgents: claude, codex, .*\n$/),
  });
  expect(await mcp('uninstall')).toMatchObject({ code: 0, stdout: 'It is in no agent.\n' });
  expect(JSON.parse((await mcp('status', '--json')).stdout)).toHaveLength(mcpAgents.length);
});

test('a program that npx will throw away is put nowhere', async () => {
  const folder = join(machine.root, '_npx', 'x');
  cpSync(dirname(machine.cli), folder, { recursive: true });
  placeProgram(join(machine.bin, 'fleeting'), `exec "${process.execPath}" "${join(folder, 'cli.js')}" "$@"`);
  const { code, stderr } = await machine.startProgram('fleeting', ['mcp', 'install', 'cursor']).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('npx will throw this program away') });
  expect(existsSync(inHome('.cursor/mcp.json'))).toBe(false);
});
