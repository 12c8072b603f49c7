/** The package as it is published: packed, installed where nothing of ours is, and used from both kinds of modules and from TypeScript. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { answer, ask, log } from './helpers/big-result.ts';
import { type InstalledPackage, installPackage, root } from './helpers/installed-package.ts';

let installed: InstalledPackage;
beforeAll(() => {
  installed = installPackage(inject('dist'));
});
afterAll(() => installed.remove());

const write = (name: string, text: string) => installed.write(name, text);
const run = (file: string) =>
  execFileSync(process.execPath, [file], { cwd: installed.project, encoding: 'utf8', env: installed.environment });

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
    expect(readdirSync(join(installed.environment.HOME!, '.cache', 'headroom'))).toEqual(['originals']);
  });

  test('is imported by a CommonJS module', () => {
    const file = write('main.cjs', `import('headroom-wrap').then(async ({ compress, Failure, retrieve }) => {${use}});`);
    expect(run(file)).toBe(expected);
  });

  test.each(['anthropic', 'langchain', 'openai', 'vercel-ai'])('has an adapter that needs no SDK to be there: %s', (name) => {
    const use = 'try { withHeadroom({}); } catch (thrown) { console.log(thrown instanceof TypeError, thrown.message); }';
    const isNone = /^true withHeadroom: this is no .*\n$/;
    expect(run(write(`${name}.mjs`, `import { withHeadroom } from 'headroom-wrap/${name}';\n${use}`))).toMatch(isNone);
    expect(run(write(`${name}.cjs`, `import('headroom-wrap/${name}').then(({ withHeadroom }) => { ${use} });`))).toMatch(isNone);
  });

  test('hides its insides', () => {
    const file = write('inside.mjs', "await import('headroom-wrap/dist/cli.js').catch(({ code }) => console.log(code));");
    expect(run(file)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  test('brings the command, and nothing else of ours to import or to run', () => {
    const modules = join(installed.project, 'node_modules');
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['headroom-wrap']);
    const { exports, bin } = JSON.parse(readFileSync(join(modules, 'headroom-wrap', 'package.json'), 'utf8')) as {
      exports: Record<string, Record<string, string> | string>;
      bin: Record<string, string>;
    };
    const named = Object.values(exports).flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each)));
    for (const file of [...named, ...Object.values(bin)])
      expect({ file, isThere: existsSync(join(modules, 'headroom-wrap', file)) }).toEqual({ file, isThere: true });
    const version = execFileSync(join(modules, '.bin', 'headroom'), ['--version'], { encoding: 'utf8', env: installed.environment });
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
  expect(readdirSync(join(installed.project, 'kept'))).toEqual(['originals']);
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
    // No types of Node, nor of anything else: they stand on their own.
    expect(installed.compile(name, text, { module, moduleResolution, types: [], skipLibCheck: false })).toBe('');
  });
});
