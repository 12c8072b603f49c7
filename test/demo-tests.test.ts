/** `headroom demo --with-tests`: real small projects, the tests of which pass, fail, hang, print without end, or are not there. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runTests } from '../src/demo/agent-tests.ts';
import { findTests } from '../src/demo/find-tests.ts';
import { createMachine, isAlive, type Machine, placeProgram, processesOf, until } from './helpers/launches.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
  machine.write('project/src/orders.ts', Array.from({ length: 120 }, (_, n) => `export const order${n} = makeOrder(${n});\n`).join(''));
});
afterEach(() => machine.remove());

const everything = () => true;
const nodeTests = (body: string) => `import test from 'node:test';\nimport assert from 'node:assert';\n${body}\n`;

/** A project for npm with this test script. */
function writePackage(script: string): void {
  machine.write('project/package.json', JSON.stringify({ name: 'orders', private: true, scripts: { test: script } }));
}

/** npm, wherever it stands on the machine that runs this. */
function placeNpm(): void {
  const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  placeProgram(join(machine.bin, 'npm'), `exec "${npm}" "$@"`);
}

function explained(): { readonly tool: string; readonly tokensBefore: number }[] {
  const lines = readFileSync(join(machine.root, 'why.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { tool: string; tokensBefore: number });
}

describe('a test run', () => {
  beforeEach(placeNpm);

  test.each([
    ['passes', 1, '# fail 0'],
    ['fails', 2, '# fail 1'],
  ])('that %s goes the way of every result, and leaves the home as it was', async (_, found, telling) => {
    const cases = Array.from({ length: 40 }, (_, n) => `test('case ${n}', () => assert.equal(1, 1));`);
    const last = `test('the last', () => assert.equal(1, ${found}));`;
    machine.write('project/orders.test.mjs', nodeTests([...cases, last].join('\n')));
    writePackage(`node --test --test-reporter=tap orders.test.mjs | tee "${join(machine.root, 'printed')}"`);
    // npm's own, made by whoever runs npm for the first time.
    mkdirSync(join(machine.home, '.npm'));
    const home = machine.homeState();
    const { code, stdout, stderr } = await machine.run(['demo', '--with-tests', '--explain', join(machine.root, 'why.jsonl')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/your tests are run once: npm test --silent\n/) });
    const lines = stdout.split('\n');
    const said = lines.indexOf('  running npm test --silent, for 60 s at most');
    expect(lines[said + 1]).toMatch(/^ {2}npm test --silent +[1-9][\d,]* +[1-9][\d,]*$/);
    expect(readFileSync(join(machine.root, 'printed'), 'utf8')).toContain(telling);
    const result = explained().find(({ tool }) => tool === 'Test');
    expect(result?.tokensBefore).toBeGreaterThan(1000);
    expect(machine.homeState()).toEqual(home);
    expect(processesOf(machine.root)).toEqual([]);
  });

  test('is not made without being asked for, and one line says that it could be', async () => {
    writePackage(`touch "${join(machine.root, 'ran')}"`);
    const { code, stdout, stderr } = await machine.run(['demo']);
    expect(code).toBe(0);
    expect(stderr.match(/.*--with-tests.*/g)).toEqual([expect.stringMatching(/your tests are not run; .*: npm test --silent$/)]);
    expect(stdout).not.toContain('npm test');
    expect(existsSync(join(machine.root, 'ran'))).toBe(false);
  });

  test('has no terminal and no watch mode', async () => {
    writePackage('node -e "console.error(process.stdin.isTTY, process.stdout.isTTY, process.env.CI)" 2>../told');
    await machine.run(['demo', '--with-tests']);
    expect(readFileSync(join(machine.root, 'told'), 'utf8')).toBe('undefined undefined 1\n');
  });

  test('ends with the demo, and what it started too', async () => {
    machine.write('project/hang.sh', `trap '' TERM\nsleep 1000 &\necho $! > "${machine.root}/child"\nwait\nsleep 1000\n`);
    writePackage('sh hang.sh');
    const { child, ended } = machine.start(['demo', '--with-tests']);
    const file = join(machine.root, 'child');
    await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    child.kill('SIGTERM');
    await ended;
    await until(() => processesOf(machine.root).length === 0);
    await until(() => !isAlive(Number(readFileSync(file, 'utf8'))));
    expect(readdirSync(machine.launches)).toEqual([]);
  });
});

test('where there are no tests, it says so and goes on', async () => {
  const asked = await machine.run(['demo', '--with-tests']);
  expect({ code: asked.code, stderr: asked.stderr }).toEqual({ code: 0, stderr: expect.stringContaining('no tests were found here') });
  expect((await machine.run(['demo'])).stderr).not.toContain('--with-tests');
});

describe('the runner', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo tests '));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const limits = { seconds: 60, bytes: 1_000_000 };
  const pidIn = (name: string) => Number(readFileSync(join(folder, name), 'utf8'));

  test('keeps both streams in their order, and says how it ended', async () => {
    expect(await runTests('echo one; echo two >&2; echo three; exit 3', folder, limits)).toBe('Exit code 3\none\ntwo\nthree');
    expect(await runTests('pwd', folder, limits)).toBe(folder);
    expect(await runTests('true', folder, limits)).toBe('(no output)');
    expect(await runTests('echo now; kill -9 $$', folder, limits)).toBe('now\n(ended by SIGKILL)');
    expect(await runTests('no-such-program-here', folder, limits)).toMatch(/^Exit code 127\n.*no-such-program-here/);
  });

  test('ends what hangs, its children too, whether they listen or not', async () => {
    const command = `sh -c 'trap "" TERM; echo $$ > deaf; while :; do sleep 1; done' & echo $! > child; echo waiting; wait`;
    expect(await runTests(command, folder, { ...limits, seconds: 0.5 })).toBe('waiting\n(ended after 0.5 s)');
    await until(() => !isAlive(pidIn('child')) && !isAlive(pidIn('deaf')));
  });

  test('ends what tests leave behind, and does not wait for it', async () => {
    expect(await runTests('sleep 1000 & echo $! > left; echo done', folder, limits)).toBe('done');
    await until(() => !isAlive(pidIn('left')));
  });

  test('keeps the beginning and the end of what is too much, in whole lines, and says how much is missing', async () => {
    const text = await runTests('seq 1 300000', folder, { ...limits, bytes: 100_000 });
    const [, first = '', missing = '', last = ''] = /^([\d\n]+)\n\((\d.*) of output not kept\)\n([\d\n]+)$/.exec(text) ?? [];
    expect(text.length).toBeLessThan(101_000);
    expect(missing).toBe('1.9 MB');
    expect(first.split('\n').slice(0, 3)).toEqual(['1', '2', '3']);
    const [above, below] = [first.split('\n').map(Number), last.split('\n').map(Number)] as [number[], number[]];
    expect(above.at(-1)).toBe(above.length);
    expect(below[0]).toBe(300_000 - below.length + 1);
    expect(below.at(-1)).toBe(300_000);
  });
});

describe('the command', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['a package with a test script', { 'package.json': '{"scripts":{"test":"vitest run"}}' }, 'npm test --silent'],
    ['what `npm init` writes', { 'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' }, undefined],
    ['a package without one', { 'package.json': '{"scripts":{}}' }, undefined],
    ['a broken package', { 'package.json': '{' }, undefined],
    ['pytest in pyproject.toml', { 'pyproject.toml': '[tool.pytest.ini_options]\n' }, 'pytest -p no:cacheprovider'],
    ['Python tests by their names', { 'tests/test_orders.py': '' }, 'pytest -p no:cacheprovider'],
    ['Python without tests', { 'pyproject.toml': '[project]\n', 'orders.py': '' }, undefined],
    ['a crate', { 'Cargo.toml': '[package]\n' }, 'cargo test'],
    ['a Go module', { 'go.mod': 'module orders\n' }, 'go test ./...'],
    ['a package without tests beside a crate', { 'package.json': '{}', 'Cargo.toml': '' }, 'cargo test'],
    ['nothing of the kind', {}, undefined],
  ])('of %s', (_, files, command) => {
    for (const [name, text] of Object.entries(files)) machine.write(`project/${name}`, text);
    const ofPath = (program: string) => !/[\\/]/.test(program);
    expect(findTests(machine.project, ofPath)).toBe(command);
    expect(findTests(machine.project, () => false)).toBeUndefined();
  });

  test('prefers the environment that lies in the project', () => {
    machine.write('project/pytest.ini', '[pytest]\n');
    expect(findTests(machine.project, everything)).toBe('.venv/bin/pytest -p no:cacheprovider');
  });
});
