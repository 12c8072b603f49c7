/** Which neighbours among paths are named below their folder, and when none are. */
import { expect, test } from 'vitest';
import { foldFolders, sharedFolder } from '../src/text/folder-runs.ts';

test('names neighbours below the folder that saves the most', () => {
  const paths = ['README.md', 'packages/core/src/a.ts', 'packages/core/src/b.ts', 'packages/core/src/c.ts', 'docs/a.md'];
  expect(foldFolders(paths)).toEqual([{ from: 1, until: 4, folder: 'packages/core/src/' }]);
});

test('keeps a run of its own within a wider one', () => {
  const ends = (folder: string): string[] => ['a', 'b', 'c'].map((name) => `packages/core/${folder}-${name}.ts`);
  const deep = ['a', 'b', 'c', 'd'].map((name) => `packages/core/src/evaluation/providers/${name}.ts`);
  const paths = [...ends('first'), ...deep, ...ends('last')];
  expect(foldFolders(paths).map(({ folder }) => folder)).toEqual([
    'packages/core/',
    'packages/core/src/evaluation/providers/',
    'packages/core/',
  ]);
});

test('folds nothing that does not pay for its heading', () => {
  expect(foldFolders(['src/a.ts', 'src/b.ts'])).toEqual([]);
  expect(foldFolders(['', '', 'one', 'two'])).toEqual([]);
  expect(foldFolders([])).toEqual([]);
});

test('a folder ends in its separator, on either platform, and both paths go on behind it', () => {
  expect(sharedFolder('src/a/b.ts', 'src/a/c.ts')).toBe('src/a/'.length);
  expect(sharedFolder('C:\\src\\a.ts', 'C:\\src\\b.ts')).toBe('C:\\src\\'.length);
  expect(sharedFolder('src/', 'src/a')).toBe(0);
  expect(sharedFolder('srca', 'srcb')).toBe(0);
});
