/** A ledger that is followed: each finished line is handed out once, whatever happens to its files. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followLedger } from '../src/store/follow-ledger.ts';
import { openLedger } from '../src/store/ledger.ts';
import { ledgerLine } from './helpers/ledger-line.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'headroom-follow-')), 'ledger');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const file = (number = 1) => join(folder, `ledger-00000${number}.jsonl`);
const line = (launch: string) => `${JSON.stringify(ledgerLine({ launch }))}\n`;

function start() {
  const follower = followLedger(folder);
  return () => {
    const seen: string[] = [];
    const { skipped, errors } = follower.next(
      ({ launch }) => seen.push(launch),
      () => seen.push('anew'),
    );
    return { seen, skipped, errors };
  };
}
const none = { unfinished: 0, broken: 0, newer: 0 };

test('nothing is there, then lines are, and each is handed out once', () => {
  const next = start();
  expect(next()).toEqual({ seen: [], skipped: none, errors: [] });
  const ledger = openLedger(folder);
  ledger.append(ledgerLine({ launch: 'a' }));
  expect(next().seen).toEqual(['a']);
  expect(next().seen).toEqual([]);
  ledger.append(ledgerLine({ launch: 'b' }));
  ledger.append(ledgerLine({ launch: 'ü' }));
  expect(next().seen).toEqual(['b', 'ü']);
  ledger.close();
});

test('a line is handed out when it is finished, wherever its bytes were cut', () => {
  mkdirSync(folder);
  const bytes = Buffer.from(line('ä') + line('b'));
  writeFileSync(file(), '');
  const next = start();
  const seen: string[] = [];
  for (const byte of bytes) {
    appendFileSync(file(), Buffer.from([byte]));
    seen.push(...next().seen);
  }
  expect(seen).toEqual(['ä', 'b']);
});

test('lines that are none are counted, of all that was read', () => {
  mkdirSync(folder);
  writeFileSync(file(), `junk\n${line('a')}`);
  const next = start();
  expect(next()).toMatchObject({ seen: ['a'], skipped: { broken: 1 } });
  appendFileSync(file(), `{"v":2}\n${line('b')}`);
  expect(next()).toEqual({ seen: ['b'], skipped: { ...none, broken: 1, newer: 1 }, errors: [] });
});

test('the next file is followed too; when the oldest goes, all begins anew', () => {
  mkdirSync(folder);
  writeFileSync(file(1), line('a'));
  const next = start();
  expect(next().seen).toEqual(['a']);
  writeFileSync(file(2), line('b'));
  expect(next().seen).toEqual(['b']);
  rmSync(file(1));
  appendFileSync(file(2), line('c'));
  expect(next().seen).toEqual(['anew', 'b', 'c']);
});

test('a ledger that was taken away and begun again is read from its beginning', () => {
  mkdirSync(folder);
  writeFileSync(file(), line('a') + line('b'));
  const next = start();
  expect(next().seen).toEqual(['a', 'b']);
  rmSync(file());
  expect(next().seen).toEqual(['anew']);
  writeFileSync(file(), line('c'));
  expect(next().seen).toEqual(['c']);
  writeFileSync(file(), '');
  writeFileSync(file(), line('d').slice(0, 40));
  expect(next().seen).toEqual(['anew']);
});

test('a folder that cannot be read is told, and what was read stays', () => {
  mkdirSync(folder);
  writeFileSync(file(), line('a'));
  const next = start();
  expect(next().seen).toEqual(['a']);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file');
  expect(next()).toMatchObject({ seen: [], errors: [expect.stringContaining('ENOTDIR')] });
});
