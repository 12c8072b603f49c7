/** What the README promises under Security is shown by tests and parts that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const [, section = ''] = /\n## Security\n([\s\S]*?)\n## /.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
const promises = section.split('\n').filter((line) => /^\| (?!promise|---)/.test(line));

test('every promise names what shows it', () => {
  expect(promises.length).toBeGreaterThan(10);
  expect(promises.filter((line) => !/\| parts? `\w+`/.test(line))).toEqual([]);
});

test('the tests and parts that are named are there', () => {
  const tests = [...section.matchAll(/`(test\/[\w.-]+)`/g)].map(([, file]) => file ?? '');
  const parts = promises.flatMap((line) => [...(line.split('| part')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, part]) => part ?? ''));
  expect(tests.length).toBeGreaterThan(10);
  expect(tests.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(parts.filter((part) => !existsSync(join(root, 'scripts', 'torture', `${part}.ts`)))).toEqual([]);
});
