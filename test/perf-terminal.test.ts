/** `headroom perf` on a terminal: the bar while it replays, Ctrl-C in the middle of it, and reports that fit into 80 columns. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLedger } from '../src/store/ledger.ts';
import { cacheParts } from '../src/store/place.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { ledgerLine } from './helpers/ledger-line.ts';
import { openTerminal } from './helpers/outer-terminal.ts';
import { claudeLines } from './helpers/transcripts.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const open = (words: readonly string[]) =>
  openTerminal(process.execPath, [machine.cli, 'perf', ...words], { cwd: machine.project, environment: machine.environment() });
const files = 3000;

test('a replay shows how far it is, and Ctrl-C ends it with what was read so far', async () => {
  const folder = join(machine.project, 'past');
  mkdirSync(folder);
  const transcript = claudeLines();
  for (let at = 0; at < files; at++) writeFileSync(join(folder, `a-conversation-with-a-rather-long-name-${at}.jsonl`), transcript);
  const terminal = open(['--replay', 'past']);
  await terminal.waitFor(`] 40 of ${files} files`);
  terminal.type('\x03');
  expect(await terminal.ended).toEqual({ code: 0, signal: undefined });
  const text = Buffer.from(terminal.text(), 'latin1').toString();
  const done = Number(new RegExp(`headroom: interrupted after (\\d+) of ${files} files`).exec(text)?.[1]);
  expect(done).toBeGreaterThanOrEqual(40);
  expect(done).toBeLessThan(files);
  expect(text).toContain(`\n${done} conversations · ${done * 3} requests`);
  expect(readdirSync(machine.home)).toEqual([]);
  const report = text.slice(text.indexOf('\ntier '));
  expect(report).toContain('best conversations');
  expect(report.split(/\r?\n/).filter((line) => line.length > 80)).toEqual([]);
});

test('tables of the ledger fit into 80 columns', async () => {
  const ledger = openLedger(cacheParts(join(machine.home, '.cache', 'headroom')).ledger);
  const usage = { fresh: 3, cacheWrite5m: 0, cacheWrite1h: 5_000_000, cacheRead: 60_000_000, output: 90 };
  const project = { name: 'a-project-with-a-rather-long-name', id: '1' };
  for (let at = 0; at < 6; at++)
    ledger.append(ledgerLine({ usage, project, launch: `launch-${at}`, model: 'claude-opus-4-5-20251101', rewritten: 1000 }));
  ledger.close();
  const terminal = open([]);
  expect(await terminal.ended).toEqual({ code: 0, signal: undefined });
  expect(terminal.text()).toContain('worst sessions');
  const lines = Buffer.from(terminal.text(), 'latin1').toString().split(/\r?\n/);
  expect(lines.slice(lines.indexOf('')).filter((line) => line.length > 80)).toEqual([]);
});
