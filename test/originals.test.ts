/** Originals: text by hash on a real disk, that many may write at once, that may be killed, filled, made read-only and tampered with. */
import { createHash } from 'node:crypto';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMarks, readMarks } from '../src/store/marks.ts';
import { findOriginal, openOriginals } from '../src/store/originals.ts';
import { type Bundle, bundle } from './helpers/bundle.ts';
import { startBundled } from './helpers/programs.ts';
import { mountSmallDisk } from './helpers/small-disk.ts';
import { waitUntil } from './helpers/wait-until.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headroom-originals-'));
  folder = join(root, 'cache', 'originals');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const nameOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const textOf = (name: string) => {
  const found = findOriginal(folder, name);
  return found.state === 'found' ? found.bytes.toString() : found.state;
};

describe('keep', () => {
  test('puts the text into a file of ours alone, under 16 digits of its hash', () => {
    const text = 'one\r\ntwo\u0000 \u00e9 😀\n';
    const kept = openOriginals(folder).keep(text);
    expect(kept).toEqual({ isKept: true, name: nameOf(text), path: join(folder, nameOf(text)) });
    expect(readFileSync(join(folder, nameOf(text)), 'utf8')).toBe(text);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, nameOf(text))).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([nameOf(text)]);
    expect(textOf(nameOf(text))).toBe(text);
  });

  test('takes the folder back for ourselves, through a link too', () => {
    mkdirSync(join(root, 'elsewhere'), { mode: 0o755 });
    mkdirSync(join(root, 'cache'));
    symlinkSync(join(root, 'elsewhere'), folder);
    expect(openOriginals(folder).keep('text')).toMatchObject({ isKept: true });
    expect(statSync(join(root, 'elsewhere')).mode & 0o777).toBe(0o700);
  });

  test('finds what is there, and sets its time to now', () => {
    const originals = openOriginals(folder);
    originals.keep('text');
    const path = join(folder, nameOf('text'));
    const { ino } = statSync(path);
    utimesSync(path, 1000, 1000);
    expect(originals.keep('text')).toMatchObject({ isKept: true });
    expect(statSync(path).ino).toBe(ino);
    expect(statSync(path).mtimeMs).toBeGreaterThan(1_000_000_000_000);
  });

  test('says when another text has the same name, and writes nothing', () => {
    const originals = openOriginals(folder, { hash: (bytes) => `${'0'.repeat(16)}${createHash('sha256').update(bytes).digest('hex')}` });
    expect(originals.keep('one')).toMatchObject({ isKept: true, name: '0'.repeat(16) });
    expect(originals.keep('other')).toEqual({ isKept: false, reason: 'another original has the same name' });
    expect(readFileSync(join(folder, '0'.repeat(16)), 'utf8')).toBe('one');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('tells its use before it looks whether the file is there', () => {
    openOriginals(folder).keep('text');
    // A sweep that has not been told takes the file up to that moment.
    const originals = openOriginals(folder, { marks: { add: (name) => rmSync(join(folder, name)) } });
    expect(originals.keep('text').isKept).toBe(true);
    expect(textOf(nameOf('text'))).toBe('text');
  });

  test('refuses half a character, which no file could give back', () => {
    expect(openOriginals(folder).keep('a\ud800b')).toEqual({ isKept: false, reason: 'holds half a character' });
  });

  test('goes on after somebody removed the folders', () => {
    const launch = join(root, 'launches', 'one');
    const originals = openOriginals(folder, { marks: createMarks(launch) });
    expect(originals.keep('first').isKept).toBe(true);
    rmSync(root, { recursive: true });
    expect(originals.keep('first').isKept).toBe(true);
    expect(originals.keep('second').isKept).toBe(true);
    expect(textOf(nameOf('second'))).toBe('second');
    expect([...readMarks(join(root, 'launches'))]).toEqual([nameOf('first'), nameOf('second')]);
  });
});

describe('what is not what was kept', () => {
  const text = 'line\n'.repeat(1000);
  const path = () => join(folder, nameOf(text));
  const damages: readonly [string, () => void][] = [
    ['cut short', () => truncateSync(path(), 100)],
    ['emptied', () => writeFileSync(path(), '')],
    ['changed', () => writeFileSync(path(), text.replace('line', 'lime'))],
    ['longer', () => writeFileSync(path(), `${text}more`)],
  ];
  test.each(damages)('is told when read, and written anew when kept again: %s', (_name, damage) => {
    const originals = openOriginals(folder);
    originals.keep(text);
    damage();
    expect(findOriginal(folder, nameOf(text))).toEqual({ state: 'damaged', path: path(), message: 'the file is not what was kept' });
    expect(originals.keep(text)).toMatchObject({ isKept: true });
    expect(textOf(nameOf(text))).toBe(text);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('is told from what is not there and what cannot be read', () => {
    openOriginals(folder).keep(text);
    expect(findOriginal(folder, '0'.repeat(16)).state).toBe('missing');
    expect(findOriginal(join(root, 'nowhere'), nameOf(text)).state).toBe('missing');
    mkdirSync(join(folder, 'f'.repeat(16)));
    expect(findOriginal(folder, 'f'.repeat(16)).state).toBe('unreadable');
  });
});

describe('a folder that cannot take it', () => {
  test('a file stands where it should be', () => {
    mkdirSync(join(root, 'cache'));
    writeFileSync(folder, '');
    expect(openOriginals(folder).keep('text')).toEqual({ isKept: false, reason: 'the folder cannot be made' });
    expect(openOriginals(join(folder, 'below')).keep('text')).toEqual({ isKept: false, reason: 'the folder cannot be made' });
  });

  test.runIf(process.getuid?.() === 0)('it belongs to somebody else', () => {
    mkdirSync(folder, { recursive: true });
    chownSync(folder, 1, 1);
    expect(openOriginals(folder).keep('text')).toEqual({ isKept: false, reason: 'the folder belongs to somebody else' });
  });

  test('a folder stands where the file should be', () => {
    mkdirSync(join(folder, nameOf('text'), 'full'), { recursive: true });
    expect(openOriginals(folder).keep('text')).toEqual({ isKept: false, reason: 'EISDIR' });
  });

  test('the list of what is in use cannot be written', () => {
    writeFileSync(join(root, 'launch'), '');
    expect(openOriginals(folder, { marks: createMarks(join(root, 'launch')) }).keep('text').isKept).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a full disk, then a read-only one', (context) => {
    const disk = mountSmallDisk(join(root, 'disk'));
    if (typeof disk === 'string') {
      console.log(`skipped: no small disk: ${disk}`);
      return context.skip(disk);
    }
    try {
      folder = join(disk.folder, 'originals');
      const originals = openOriginals(folder, { marks: createMarks(join(disk.folder, 'launch')) });
      const big = 'more than fits\n'.repeat(100_000);
      expect(originals.keep('small').isKept).toBe(true);
      expect(originals.keep(big)).toEqual({ isKept: false, reason: 'the disk is full' });
      expect(readdirSync(folder)).toEqual([nameOf('small')]);
      expect(textOf(nameOf('small'))).toBe('small');
      expect(originals.keep('small again').isKept).toBe(true);
      disk.makeReadOnly();
      expect(originals.keep('too late')).toEqual({ isKept: false, reason: 'the folder cannot be written' });
      expect(textOf(nameOf('small'))).toBe('small');
    } finally {
      disk.remove();
    }
  });
});

describe('processes', () => {
  let program: Bundle;
  beforeAll(async () => {
    program = await bundle('keep-originals');
  });
  afterAll(() => program.close());
  const isName = (line: string) => /^[0-9a-f]{16}$/.test(line);

  test('six at once keep the same and their own texts without error', async () => {
    const six = Array.from({ length: 6 }, (_, n) => [
      startBundled(program, [folder, join(root, 'launches', `${n}`), 'the same', '80']),
      startBundled(program, [folder, join(root, 'launches', `${n}`), `own ${n}`, '20']),
    ]).flat();
    expect(await Promise.all(six.map(({ ended }) => ended))).toEqual(six.map(() => ''));
    const names = new Set(six.flatMap((each) => each.lines()));
    expect([...names].filter((name) => !isName(name))).toEqual([]);
    expect(names.size).toBe(80 + 6 * 20);
    expect(readdirSync(folder).sort()).toEqual([...names].sort());
    for (const name of names) expect(findOriginal(folder, name).state).toBe('found');
    expect(readMarks(join(root, 'launches'))).toEqual(names);
  });

  test('fifteen kill -9 lose nothing that was kept, and leave nothing false under a name', async () => {
    const kept = new Set<string>();
    for (let n = 0; n < 15; n++) {
      const running = startBundled(program, [folder, join(root, 'launches', `${n}`), `run ${n}`, '0']);
      await waitUntil(() => running.lines().length > n * 7);
      running.child.kill('SIGKILL');
      await running.ended;
      for (const name of running.lines()) kept.add(name);
    }
    expect([...kept].filter((name) => !isName(name))).toEqual([]);
    for (const name of kept) expect(findOriginal(folder, name).state).toBe('found');
    for (const name of readdirSync(folder).filter(isName)) expect(findOriginal(folder, name).state).toBe('found');
    const marked = readMarks(join(root, 'launches'));
    expect([...kept].filter((name) => !marked.has(name))).toEqual([]);
  });
});
