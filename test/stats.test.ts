/** `headroom stats`: what runs, and what was saved in all. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { cacheParts } from '../src/store/place.ts';
import { createMachine, type Machine, until } from './helpers/launches.ts';
import { ledgerLine } from './helpers/ledger-line.ts';

let machine: Machine;
let upstream: Upstream;
beforeEach(async () => {
  machine = createMachine();
  upstream = await startUpstream({ script: { steps: [{ text: 'All done.' }] } });
});
afterEach(async () => {
  await upstream.close();
  machine.remove();
});

test('says so where nothing runs and nothing was kept', async () => {
  expect(await machine.run(['stats'])).toMatchObject({ code: 0, stderr: '', stdout: 'running  nothing\nin all   the ledger is empty\n' });
});

test('tells a running session by agent and project, and the totals of the ledger', async () => {
  const { ledger } = cacheParts(join(machine.home, '.cache', 'headroom'));
  mkdirSync(ledger, { recursive: true });
  writeFileSync(join(ledger, 'ledger-000001.jsonl'), `${JSON.stringify(ledgerLine())}\n`);
  const { child, ended } = machine.start(['wrap', 'claude'], { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask wait' });
  await until(machine.hasReport);
  await until(() => upstream.requests.length > 0);
  // A request's line is written when its reply is over.
  let stdout = '';
  while (!stdout.startsWith('running  claude in project, ')) stdout = (await machine.run(['stats'])).stdout;
  expect(stdout).toMatch(
    /^running {2}claude in project, \d+ s · \d+ requests? · [\d,]+ tokens · .+\nin all {3}2 launches since \d{4}-\d\d-\d\d · \d+ requests · .+ removed · ~\$.+\n$/,
  );
  const { running, all } = JSON.parse((await machine.run(['stats', '--json'])).stdout) as { running: unknown[]; all: unknown };
  expect(running).toMatchObject([{ pid: child.pid, agent: 'claude', project: 'project', sum: { requests: 1 } }]);
  expect(all).toMatchObject({ requests: 2 });
  child.kill('SIGTERM');
  await ended;
  expect((await machine.run(['stats'])).stdout).toMatch(/^running {2}nothing\n/);
});
