/** The ledger: lines of many processes that do not mix, survive kill -9, are rotated, and are read with what is missing counted. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LedgerLine, lineStart, openLedger } from '../src/store/ledger.ts';
import { readLedger } from '../src/store/read-ledger.ts';
import { type Bundle, bundle } from './helpers/bundle.ts';
import { ledgerLine } from './helpers/ledger-line.ts';
import { startBundled } from './helpers/programs.ts';
import { mountSmallDisk } from './helpers/small-disk.ts';
import { waitUntil } from './helpers/wait-until.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headroom-ledger-'));
  folder = join(root, 'cache', 'ledger');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function read(from = folder) {
  const lines: LedgerLine[] = [];
  const { lines: count, skipped, errors } = readLedger(from, (line) => lines.push(line));
  return { lines, count, skipped, errors };
}
const nothing = { unfinished: 0, broken: 0, newer: 0 };
const file = (number = 1) => join(folder, `ledger-00000${number}.jsonl`);
const size = Buffer.byteLength(`${JSON.stringify(ledgerLine())}\n`);

describe('lines', () => {
  test('are read as they were written, from files of ours alone', () => {
    const written = [ledgerLine(), ledgerLine({ usage: null, model: null, status: null, kind: 'other' })];
    const ledger = openLedger(folder);
    for (const line of written) ledger.append(line);
    ledger.close();
    expect(read()).toEqual({ lines: written, count: 2, skipped: nothing, errors: [] });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test('begin as the reader expects', () => {
    expect(JSON.stringify(ledgerLine())).toMatch(new RegExp(`^${lineStart.replace('{', '\\{')}`));
    const nested = JSON.stringify(ledgerLine({ model: lineStart }));
    expect(nested.lastIndexOf(lineStart)).toBe(0);
  });

  test('make no folder before there are any', () => {
    openLedger(folder).close();
    expect(readdirSync(root)).toEqual([]);
    expect(read()).toMatchObject({ count: 0, skipped: nothing, errors: [] });
  });
});

describe('a reader', () => {
  const write = (...parts: string[]) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file(), parts.join(''));
  };
  const line = `${JSON.stringify(ledgerLine())}\n`;

  test('skips and counts a line cut short at the end, at every byte', () => {
    for (let cut = 1; cut < line.length - 1; cut += 37) {
      write(line, line.slice(0, cut));
      expect({ cut, ...read() }).toMatchObject({ cut, count: 1, skipped: { ...nothing, unfinished: 1 } });
    }
    write(line, line.slice(0, -1));
    expect(read()).toMatchObject({ count: 2, skipped: nothing });
  });

  test('finds the line behind one that was cut short', () => {
    for (let cut = 1; cut < line.length - 1; cut += 37) {
      write(line, line.slice(0, cut), line, line);
      expect({ cut, ...read() }).toMatchObject({ cut, count: 3, skipped: { ...nothing, broken: 1 } });
    }
  });

  test('skips and counts what is damaged, and what a newer version wrote', () => {
    write(line, 'junk\n', '\0\0\0\0\n', '{"v":1}\n', '[]\n', 'null\n', '\n', line.replace('"v":1', '"v":2'), line);
    expect(read()).toMatchObject({ count: 2, skipped: { unfinished: 0, broken: 5, newer: 1 } });
  });

  test('says what it could not read, and reads the rest', () => {
    write(line);
    mkdirSync(file(2));
    expect(read()).toMatchObject({ count: 1, errors: [expect.stringContaining('EISDIR')] });
    writeFileSync(join(root, 'plain'), '');
    expect(read(join(root, 'plain'))).toMatchObject({ count: 0, errors: [expect.stringContaining('ENOTDIR')] });
  });
});

describe('a ledger that cannot be written', () => {
  test('says so once, at its end', () => {
    mkdirSync(join(root, 'cache'));
    writeFileSync(folder, '');
    const ledger = openLedger(folder);
    ledger.append(ledgerLine());
    ledger.append(ledgerLine());
    expect(() => ledger.close()).toThrow(/^2 of this launch's requests are not in it: .*EEXIST/);
    expect(() => ledger.close()).not.toThrow();
  });

  test.skipIf(process.platform === 'win32')('writes to no file that a link in its place points to', () => {
    const other = join(root, 'other.txt');
    writeFileSync(other, 'not ours\n');
    mkdirSync(folder, { recursive: true });
    symlinkSync(other, file());
    const ledger = openLedger(folder);
    ledger.append(ledgerLine());
    expect(() => ledger.close()).toThrow(/^1 of this launch's requests is not in it: .*ELOOP/);
    expect(readFileSync(other, 'utf8')).toBe('not ours\n');
  });

  test('goes on after a full disk, and what was cut short hides nothing', (context) => {
    const disk = mountSmallDisk(join(root, 'disk'));
    if (typeof disk === 'string') {
      console.log(`skipped: no small disk: ${disk}`);
      return context.skip(disk);
    }
    try {
      folder = join(disk.folder, 'ledger');
      const ledger = openLedger(folder);
      ledger.append(ledgerLine());
      const room = join(disk.folder, 'room');
      // Fill the disk to its last page, so that a line goes in by half.
      for (let bytes = 1 << 20; bytes >= 4096; bytes >>= 1) fill(room, bytes);
      for (let n = 0; n < 9; n++) ledger.append(ledgerLine());
      expect(read().skipped.unfinished).toBe(1);
      const before = read().count;
      rmSync(room);
      ledger.append(ledgerLine());
      expect(read()).toMatchObject({ count: before + 1, skipped: { ...nothing, broken: 1 } });
      expect(() => ledger.close()).toThrow(`${11 - before - 1} of this launch's requests are not in it: the disk is full`);
    } finally {
      disk.remove();
    }
  });
});

function fill(path: string, bytes: number): void {
  try {
    appendFileSync(path, Buffer.alloc(bytes));
  } catch {
    // As much as went in.
  }
}

describe('rotation', () => {
  test('begins a new file at its size, and keeps the last ones', () => {
    const ledger = openLedger(folder, { mostBytes: 3 * size, mostFiles: 2 });
    for (let n = 0; n < 14; n++) ledger.append(ledgerLine({ status: 200 + n }));
    ledger.close();
    expect(readdirSync(folder)).toEqual(['ledger-000004.jsonl', 'ledger-000005.jsonl']);
    expect(read().lines.map(({ status }) => status)).toEqual([209, 210, 211, 212, 213]);
  });

  test('goes on where the last process stopped, beyond six digits too', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ledger-999999.jsonl'), `${JSON.stringify(ledgerLine({ status: 1 }))}\n`);
    for (const status of [2, 3]) {
      const ledger = openLedger(folder, { mostBytes: 2 * size - 10, mostFiles: 2 });
      ledger.append(ledgerLine({ status }));
      ledger.close();
    }
    expect(readdirSync(folder).sort()).toEqual(['ledger-1000000.jsonl', 'ledger-999999.jsonl']);
    expect(read().lines.map(({ status }) => status)).toEqual([1, 2, 3]);
  });

  test('a ledger that was taken away begins anew', () => {
    const ledger = openLedger(folder);
    ledger.append(ledgerLine());
    rmSync(folder, { recursive: true });
    ledger.append(ledgerLine({ status: 201 }));
    ledger.close();
    expect(read().lines.map(({ status }) => status)).toEqual([201]);
  });

  test('one that is emptied while it is written goes on', () => {
    const ledger = openLedger(folder);
    ledger.append(ledgerLine());
    truncateSync(file());
    ledger.append(ledgerLine({ status: 201 }));
    ledger.close();
    expect(readFileSync(file(), 'utf8')).toBe(`${JSON.stringify(ledgerLine({ status: 201 }))}\n`);
  });
});

describe('processes', () => {
  let program: Bundle;
  beforeAll(async () => {
    program = await bundle('append-ledger');
  });
  afterAll(() => program.close());

  const eight = (...args: string[]) => Array.from({ length: 8 }, (_, n) => startBundled(program, [folder, `launch ${n}`, ...args]));
  const sortedLines = () =>
    read()
      .lines.map(({ launch, addedMs }) => `${launch}: ${addedMs}`)
      .sort();
  const all = Array.from({ length: 8 }, (_, n) => Array.from({ length: 200 }, (_, line) => `launch ${n}: ${line}`))
    .flat()
    .sort();

  test('eight at once append two hundred lines each: all are there, in order', async () => {
    const running = eight('200');
    expect(await Promise.all(running.map(({ ended }) => ended))).toEqual(running.map(() => ''));
    expect(sortedLines()).toEqual(all);
    expect(read().skipped).toEqual(nothing);
    const own = read().lines.filter(({ launch }) => launch === 'launch 3');
    expect(own.map(({ addedMs }) => addedMs)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  test('the same while files are begun every ten lines', async () => {
    const running = eight('200', String(10 * size), '10000');
    expect(await Promise.all(running.map(({ ended }) => ended))).toEqual(running.map(() => ''));
    expect(sortedLines()).toEqual(all);
    expect(read().skipped).toEqual(nothing);
    expect(readdirSync(folder).length).toBeGreaterThan(100);
  });

  test('the same while old files are removed: the last lines are there, and no more files than said', async () => {
    const running = eight('200', String(10 * size), '4');
    expect(await Promise.all(running.map(({ ended }) => ended))).toEqual(running.map(() => ''));
    const { count, skipped } = read();
    expect(skipped).toEqual(nothing);
    expect(count).toBeGreaterThan(30);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(5);
  });

  test('killed while they append: every line that was written is there', async () => {
    for (let round = 0; round < 5; round++) {
      const running = Array.from({ length: 3 }, (_, n) => startBundled(program, [folder, `${round} ${n}`, '0', '1000000', '1000']));
      await waitUntil(() => running.every((each) => each.lines().length > 20 + round * 31));
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
      const { lines, skipped } = read();
      expect(skipped.newer).toBe(0);
      expect(skipped.unfinished + skipped.broken).toBeLessThanOrEqual(3 * (round + 1));
      for (const [n, each] of running.entries()) {
        const found = new Set(lines.filter(({ launch }) => launch === `${round} ${n}`).map(({ addedMs }) => String(addedMs)));
        expect(each.lines().filter((line) => !found.has(line))).toEqual([]);
      }
    }
  });
});
