/** The sweep of originals: by age and by size, and never one that a launch uses, whatever happens at the same time. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMarks, readMarks } from '../src/store/marks.ts';
import { findOriginal, type Kept, openOriginals } from '../src/store/originals.ts';
import { type SweepLimits, sweepOriginals, usualLimits } from '../src/store/sweep-originals.ts';
import { type Bundle, bundle } from './helpers/bundle.ts';
import { startBundled } from './helpers/programs.ts';

let root: string;
let folder: string;
let launches: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headroom-sweep-'));
  [folder, launches] = [join(root, 'originals'), join(root, 'launches')];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const day = 86_400;
const isKept = (kept: Kept) => kept as Kept & { isKept: true };
/** Keeps a text as it would have been kept some days ago; its name. */
function keepOld(text: string, days: number, launch?: string): string {
  const marks = launch === undefined ? {} : { marks: createMarks(join(launches, launch)) };
  const { name, path } = isKept(openOriginals(folder, marks).keep(text));
  const then = Date.now() / 1000 - days * day;
  utimesSync(path, then, then);
  return name;
}
const sweep = (limits: Partial<SweepLimits> = {}) =>
  sweepOriginals(folder, { limits: { ...usualLimits, ...limits }, readUsed: () => readMarks(launches) });

test('a folder that is not there is swept', async () => {
  expect(await sweep()).toEqual({ removed: { files: 0, bytes: 0 }, left: { files: 0, bytes: 0 }, used: { files: 0, bytes: 0 } });
});

test('removes what was kept last more than thirty days ago, and nothing that is not an original', async () => {
  keepOld('old', 31);
  const young = keepOld('young', 29);
  const fromTheFuture = keepOld('set clock', -400);
  for (const name of ['notes.txt', '0123456789ABCDEF', `${young}.txt`]) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), 1, 1);
  }
  mkdirSync(join(folder, 'f'.repeat(16)));
  utimesSync(join(folder, 'f'.repeat(16)), 1, 1);
  expect(await sweep()).toMatchObject({ removed: { files: 1, bytes: 3 }, left: { files: 2 }, used: { files: 0 } });
  const others = ['notes.txt', '0123456789ABCDEF', `${young}.txt`, 'f'.repeat(16)];
  expect(readdirSync(folder).sort()).toEqual([young, fromTheFuture, ...others].sort());
});

test('removes what was kept longest ago until the rest fits', async () => {
  const names = Array.from({ length: 10 }, (_, n) => keepOld(`${n}`.repeat(1000), 10 - n));
  expect(await sweep({ mostBytes: 3500 })).toMatchObject({ removed: { files: 7, bytes: 7000 }, left: { files: 3, bytes: 3000 } });
  expect(readdirSync(folder).sort()).toEqual(names.slice(7).sort());
});

test('leaves what a launch uses, however old and however much', async () => {
  const used = [keepOld('a'.repeat(1000), 400, 'one'), keepOld('b'.repeat(1000), 300, 'two')];
  keepOld('c'.repeat(1000), 1);
  expect(await sweep({ mostDays: 0, mostBytes: 0 })).toMatchObject({ removed: { files: 1 }, left: { files: 2 }, used: { files: 2 } });
  expect(readdirSync(folder).sort()).toEqual(used.sort());
  rmSync(join(launches, 'one'), { recursive: true });
  expect(await sweep()).toMatchObject({ removed: { files: 1 }, left: { files: 1 } });
  expect(readdirSync(folder)).toEqual([used[1]]);
});

test('a list cut short by a full disk still names what came after', async () => {
  const [first, second] = [keepOld('first', 40, 'one'), keepOld('second', 40)];
  writeFileSync(join(launches, 'one', 'used-originals'), `${first}\n${second.slice(0, 7)}${second}\n${first.slice(0, 9)}`);
  await sweep();
  expect(readdirSync(folder).sort()).toEqual([first, second].sort());
});

describe('what a killed sweep put aside', () => {
  test('goes where nobody uses it, and comes back where somebody does', async () => {
    const [used, unused] = [keepOld('used', 1, 'one'), keepOld('unused', 1)];
    for (const name of [used, unused]) renameSync(join(folder, name), join(folder, `.aside-${name}`));
    expect(findOriginal(folder, used).state).toBe('missing');
    await sweep();
    expect(readdirSync(folder)).toEqual([used]);
    expect(findOriginal(folder, used).state).toBe('found');
  });

  test('and what a killed writer left goes after an hour', async () => {
    const name = keepOld('x', 1);
    for (const [rest, age] of [
      ['new', 60],
      ['old', 7200],
    ] as const) {
      writeFileSync(join(folder, `.writing-${name}-${rest}`), '');
      utimesSync(join(folder, `.writing-${name}-${rest}`), Date.now() / 1000 - age, Date.now() / 1000 - age);
    }
    await sweep();
    expect(readdirSync(folder).sort()).toEqual([`.writing-${name}-new`, name].sort());
  });
});

test('an original that comes into use between the choice and the removal stays', async () => {
  const name = keepOld('late', 40);
  let reads = 0;
  const readUsed = () => {
    // The second look is the one after the file was put aside.
    if (++reads === 2) createMarks(join(launches, 'late')).add(name);
    return readMarks(launches);
  };
  expect(await sweepOriginals(folder, { limits: usualLimits, readUsed })).toMatchObject({ removed: { files: 0 }, left: { files: 1 } });
  expect(findOriginal(folder, name).state).toBe('found');
});

test('a sweep that is told to end removes nothing more', async () => {
  keepOld('old', 40);
  const signal = AbortSignal.abort();
  expect(await sweepOriginals(folder, { limits: usualLimits, readUsed: () => new Set(), signal })).toMatchObject({ removed: { files: 0 } });
  expect(readdirSync(folder)).toHaveLength(1);
});

describe('beside processes that keep', () => {
  let program: Bundle;
  beforeAll(async () => {
    program = await bundle('keep-originals');
  });
  afterAll(() => program.close());

  test('sweeps without end that want everything gone take nothing from them', async () => {
    const texts = ['the same', 'the same', 'own', 'another'];
    const four = texts.map((text, n) => startBundled(program, [folder, join(launches, `${n}`), text, '200']));
    let isOver = false;
    const over = Promise.all(four.map(({ ended }) => ended)).then((errors) => {
      isOver = true;
      return errors;
    });
    const removed: number[] = [];
    const sweepOn = async () => {
      while (!isOver) {
        keepOld(`prey ${removed.length}`, 40);
        removed.push((await sweep({ mostDays: 0, mostBytes: 0 })).removed.files);
      }
    };
    await Promise.all([sweepOn(), sweepOn()]);
    expect(await over).toEqual(['', '', '', '']);
    expect(Math.max(...removed)).toBeGreaterThan(0);
    const names = new Set(four.flatMap((each) => each.lines()));
    expect(names.size).toBe(600);
    for (const name of names) expect({ name, state: findOriginal(folder, name).state }).toEqual({ name, state: 'found' });
  });
});
