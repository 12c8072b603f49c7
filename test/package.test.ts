/** The package as it is published: packed, installed where nothing of ours is, and used from both kinds of modules and from TypeScript. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { answer, ask, log } from './helpers/big-result.ts';

const root = resolve(import.meta.dirname, '..');
let folder: string;
let project: string;
let environment: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-package-'));
  const [packed, home] = ['packed', 'home'].map((name) => join(folder, name)) as [string, string];
  project = join(folder, 'project');
  for (const each of [packed, home, project]) mkdirSync(each);
  environment = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home };
  for (const name of ['package.json', 'README.md', 'LICENSE']) copyFileSync(join(root, name), join(packed, name));
  cpSync(inject('dist'), join(packed, 'dist'), { recursive: true });
  // Nothing is asked of a registry: what the package needs is in it.
  const [{ filename = '' } = {}] = JSON.parse(npm(packed, 'pack', '--json', '--ignore-scripts')) as { filename?: string }[];
  writeFileSync(join(project, 'package.json'), '{ "name": "somebodys", "private": true }');
  npm(project, 'install', '--offline', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', join(packed, filename));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npm(cwd: string, ...words: string[]): string {
  return execFileSync('npm', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: environment });
}

function write(name: string, text: string): string {
  const file = join(project, name);
  writeFileSync(file, text);
  return file;
}

const run = (file: string) => execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8', env: environment });

const use = `
  const [log, messages] = JSON.parse(require('node:fs').readFileSync('given.json', 'utf8'));
  const { messages: smaller, ccrHashes, tokensSaved } = await compress(messages, { model: 'any' });
  console.log(JSON.stringify({ same: smaller[0] === messages[0], saved: tokensSaved > 1000, found: (await retrieve(ccrHashes[0])) === log }));
  const failure = await retrieve('0123456789abcdef').catch((thrown) => thrown);
  console.log(failure instanceof Failure, failure.code);
`;
const expected = '{"same":true,"saved":true,"found":true}\ntrue unknown-original\n';

describe('an installed package', () => {
  beforeAll(() => {
    write('given.json', JSON.stringify([log, [ask('a'), answer('a')]]));
  });

  test('is imported by an ES module', () => {
    const file = write(
      'main.mjs',
      `import { createRequire } from 'node:module';
       import { compress, Failure, retrieve } from 'headroom-wrap';
       const require = createRequire(import.meta.url);
       ${use}`,
    );
    expect(run(file)).toBe(expected);
    expect(readdirSync(join(environment.HOME!, '.cache', 'headroom'))).toEqual(['originals']);
  });

  test('is imported by a CommonJS module', () => {
    const file = write('main.cjs', `import('headroom-wrap').then(async ({ compress, Failure, retrieve }) => {${use}});`);
    expect(run(file)).toBe(expected);
  });

  test('hides its insides', () => {
    const file = write('inside.mjs', "await import('headroom-wrap/dist/cli.js').catch(({ code }) => console.log(code));");
    expect(run(file)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  test('brings the command, and nothing else of ours to import or to run', () => {
    const installed = join(project, 'node_modules');
    expect(readdirSync(installed).filter((name) => !name.startsWith('.'))).toEqual(['headroom-wrap']);
    const { exports, bin } = JSON.parse(readFileSync(join(installed, 'headroom-wrap', 'package.json'), 'utf8')) as {
      exports: Record<string, Record<string, string> | string>;
      bin: Record<string, string>;
    };
    const named = Object.values(exports).flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each)));
    for (const file of [...named, ...Object.values(bin)])
      expect({ file, isThere: existsSync(join(installed, 'headroom-wrap', file)) }).toEqual({ file, isThere: true });
    const version = execFileSync(join(installed, '.bin', 'headroom'), ['--version'], { encoding: 'utf8', env: environment });
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test('the examples of the README run as they stand there', () => {
  const [, section = ''] = /\n## As a library\n(.*?)\n## /s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  const [first, second, ...others] = [...section.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);
  expect(others).toEqual([]);
  const history = `const history = ${JSON.stringify([ask('a'), answer('a')])};\n`;
  expect(run(write('first.mjs', history + first))).toMatch(/^\d+ -> \d+ tokens, 2 messages\n151:.* the disk is full\n\n$/);
  const whole = 'console.log((await tools.headroom_retrieve({ hash: /(\\w+)\\]$/.exec(messages[1].content[0].content)[1] })).length);';
  expect(run(write('second.mjs', history + second + whole))).toBe(`${log.length}\n`);
  expect(readdirSync(join(project, 'kept'))).toEqual(['originals']);
});

describe('its types', () => {
  const source = (load: string) => `
    ${load}
    interface Message { role: 'user' | 'assistant'; content: string }
    const messages: Message[] = [{ role: 'user', content: 'hi' }];
    export async function use(): Promise<Message[]> {
      const { compress, createHeadroom, retrieve, Failure } = await load();
      const headroom: Headroom = createHeadroom({ folder: 'x', profile: 'lossless', recovery: 'path' });
      const result: Compression<Message> = await headroom.compress(messages, { tokenBudget: 5, format: 'openai' });
      const whole: string = await retrieve(result.ccrHashes[0] ?? '', { lines: '1-2', query: 'x', folder: 'y' });
      const failure = new Failure('a', whole);
      // @ts-expect-error There is no such profile.
      await compress(messages, { profile: 'tiny' });
      // @ts-expect-error Types are there at all.
      failure.nothing;
      return (await compress(messages)).messages;
    }`;
  const types = "import type { Compression, Headroom } from 'headroom-wrap';";
  const attribute = "with { 'resolution-mode': 'import' }";
  const ways: [string, string, string, string, string][] = [
    ['an ES module', 'types.mts', 'nodenext', 'nodenext', source(`${types} const load = () => import('headroom-wrap');`)],
    [
      'a CommonJS module',
      'types.cts',
      'nodenext',
      'nodenext',
      source(`${types.replace(';', ` ${attribute};`)} const load = () => import('headroom-wrap');`),
    ],
    ['a bundler', 'bundled.ts', 'esnext', 'bundler', source(`${types} const load = () => import('headroom-wrap');`)],
  ];
  test.each(ways)('are found by %s', (_, name, module, moduleResolution, text) => {
    const file = write(name, text);
    // No types of Node, nor of anything else: they stand on their own.
    const settings = {
      module,
      moduleResolution,
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      target: 'es2022',
      noEmit: true,
    };
    const config = write('tsconfig.json', JSON.stringify({ compilerOptions: { ...settings, skipLibCheck: false }, files: [file] }));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', config], { cwd: project, encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});
