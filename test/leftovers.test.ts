/** What a launch leaves behind: nothing, killed at any moment, many at once, one inside another. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { isRunning } from '../src/launch/process-start.ts';
import { createMachine, describeProcess, type Machine, processesOf, spreadMoments, until } from './helpers/launches.ts';
import { openTerminal } from './helpers/outer-terminal.ts';

let machine: Machine;
let upstream: Upstream;

beforeEach(async () => {
  machine = createMachine();
  machine.write('home/.claude/settings.json', '{"model":"opus"}');
  machine.write('home/.claude.json', '{"projects":{}}');
  const file = machine.write('project/long.ts', 'const line = "of some length";\n'.repeat(200));
  upstream = await startUpstream({ script: { steps: [{ calls: [{ read: file }] }, { calls: [{ read: file }] }, { text: 'All done.' }] } });
});
afterEach(async () => {
  await upstream.close();
  machine.remove();
});

const environment = (extra: Record<string, string> = {}) => ({ ANTHROPIC_BASE_URL: upstream.url, ...extra });
const folders = () => (existsSync(machine.launches) ? readdirSync(machine.launches) : []);

const cache = () => readdirSync(join(machine.home, '.cache'), { recursive: true }).map(String).sort();

test('a launch leaves its lines in the ledger and an empty folder for launches in our cache, and nothing else', async () => {
  const before = machine.homeState();
  await machine.run(['wrap', 'claude'], environment({ STAND_IN: 'ask' }));
  expect(machine.homeState()).toEqual(before);
  expect(cache()).toEqual([
    'headroom',
    'headroom/decisions',
    expect.stringMatching(/^headroom\/decisions\/[0-9a-f]{16}\.jsonl$/),
    'headroom/launches',
    'headroom/ledger',
    'headroom/ledger/ledger-000001.jsonl',
  ]);
  expect(statSync(machine.launches).mode & 0o777).toBe(0o700);
});

describe('kill -9 of the launcher', () => {
  test('at fifty moments in a terminal: no process stays, no file of the user changes, the next start sweeps', async () => {
    const before = machine.homeState();
    const moments = await spreadMoments(machine, 50);
    for (let first = 0; first < moments.length; first += 5) {
      await Promise.all(
        moments.slice(first, first + 5).map(async (moment) => {
          const full = machine.environment(environment({ STAND_IN: 'ask wait' }));
          const terminal = openTerminal(process.execPath, [machine.cli, 'wrap', 'claude'], { cwd: machine.project, environment: full });
          await new Promise((resolve) => setTimeout(resolve, moment));
          process.kill(terminal.pid, 'SIGKILL');
          expect(await terminal.ended).toMatchObject({ signal: 'SIGKILL' });
        }),
      );
    }
    await until(() => processesOf(machine.root).length === 0).catch(() => {});
    expect(processesOf(machine.root).map(describeProcess)).toEqual([]);
    expect(machine.homeState()).toEqual(before);
    for (const folder of folders()) {
      expect(statSync(join(machine.launches, folder)).mode & 0o777).toBe(0o700);
      for (const file of readdirSync(join(machine.launches, folder))) {
        expect(statSync(join(machine.launches, folder, file)).mode & 0o777).toBe(0o600);
      }
    }
    // Some were killed with their folder standing, or there was nothing to sweep.
    expect(folders().length).toBeGreaterThan(0);
    expect(await machine.run(['wrap', '--quiet', 'claude'], environment({ STAND_IN: 'ask' }))).toMatchObject({
      code: 0,
      stdout: 'All done.\n',
    });
    expect(folders()).toEqual([]);
    expect(machine.homeState()).toEqual(before);
  }, 240_000);

  test('without a terminal: the agent is told by a refused connection, and the bare agent works', async () => {
    const { child, ended } = machine.start(['wrap', 'claude'], environment({ STAND_IN: 'wait' }));
    await until(machine.hasReport);
    child.kill('SIGKILL');
    const { baseUrl, pid } = machine.report();
    await expect(fetch(baseUrl)).rejects.toThrow();
    process.kill(pid, 'SIGKILL');
    await ended;
    expect(folders()).toHaveLength(1);
    const bare = machine.startProgram('claude', [], environment({ STAND_IN: 'ask' }));
    expect(await bare.ended).toMatchObject({ code: 0, stdout: 'All done.\n' });
  });
});

describe('the sweep', () => {
  test('knows a live launch, a number used again, another machine and what is not ours', async () => {
    const live = machine.start(['wrap', 'claude'], environment({ STAND_IN: 'wait' }));
    await until(machine.hasReport);
    const [id = ''] = folders();
    const [pid, start = '', owner = '', random] = id.split('-');
    const reused = [pid, start.replace(/^\d/, (digit) => String((Number(digit) + 1) % 10)), owner, random].join('-');
    const foreign = [pid, start, owner.replace(/./g, (digit) => (digit === '0' ? '1' : '0')), random].join('-');
    for (const name of [reused, foreign, 'notes']) mkdirSync(join(machine.launches, name));
    await machine.run(['wrap', 'claude'], environment({ STAND_IN: 'exit:0' }));
    expect(folders().sort()).toEqual([id, foreign, 'notes'].sort());
    live.child.kill('SIGTERM');
    await live.ended;
    expect(folders().sort()).toEqual([foreign, 'notes'].sort());
  });
});

test('a process is told from another with its number without /proc, by asking ps', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const now = Math.round(Date.now() / 1000);
  const asked = [now, now - 100, now + 100].map((start) => isRunning(child.pid ?? 0, String(start), 'darwin'));
  expect(await Promise.all(asked)).toEqual([true, false, false]);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
  expect(await isRunning(child.pid ?? 0, String(now), 'darwin')).toBe(false);
});

test('eight launches at once do not meet, and go on when a ninth is killed', async () => {
  const victim = machine.start(['wrap', 'claude'], environment({ STAND_IN: 'ask wait' }));
  await until(machine.hasReport);
  const reports = Array.from({ length: 8 }, (_, n) => join(machine.root, `report-${n}.json`));
  const eight = reports.map((report) => machine.start(['wrap', 'claude'], environment({ STAND_IN: 'ask', STAND_IN_REPORT: report })));
  await until(() => reports.some((report) => existsSync(report)));
  victim.child.kill('SIGKILL');
  const ends = await Promise.all(eight.map(({ ended }) => ended));
  expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual(Array(8).fill([0, 'All done.\n']));
  for (const { stderr } of ends) expect(stderr).toContain('· 3 requests to the model');
  const addresses = reports.map((report) => (JSON.parse(readFileSync(report, 'utf8')) as { baseUrl: string }).baseUrl);
  expect(new Set(addresses).size).toBe(8);
});

describe('a launch inside a launch', () => {
  test('runs bare through the proxy that is there, with one note and one receipt', async () => {
    const { code, stdout, stderr } = await machine.run(['wrap', 'claude'], environment({ STAND_IN: `run:${machine.cli},wrap,claude,-c` }));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    expect(machine.report().args).toEqual(['-c']);
    expect(stderr).toMatch(/^headroom: already inside a launch of headroom: its proxy serves this one too\nheadroom \d+ s · 3 requests/);
    expect(stderr.match(/requests to the model/g)).toHaveLength(1);
  });

  test('has a proxy of its own where it is told where to go', async () => {
    const words = ['wrap', '--upstream', upstream.url, 'claude'].join(',');
    const outer = { HEADROOM_UPSTREAM: upstream.url, STAND_IN: `run:${machine.cli},${words}` };
    const { stdout, stderr } = await machine.run(['wrap', 'claude'], outer);
    expect(stdout).toBe('All done.\n');
    expect(stderr).toMatch(/^headroom: Remote.*\nheadroom \d+ s · 3 requests.*\nheadroom nothing reached the proxy/s);
    expect(machine.report().args[0]).toBe('--settings');
    expect(machine.report().processEnvironment).not.toHaveProperty('HEADROOM_UPSTREAM');
  });

  test('that is over is forgotten, with the address it left behind', async () => {
    const left = { HEADROOM_LAUNCH: '4194999-1.0-00000000-00000000', ANTHROPIC_BASE_URL: `http://127.0.0.1:9/${'0'.repeat(32)}` };
    const { stdout, stderr } = await machine.run(['wrap', '--upstream', upstream.url, 'claude'], {
      ...left,
      OTHER_BASE_URL: left.ANTHROPIC_BASE_URL,
      STAND_IN: 'ask',
    });
    expect(stdout).toBe('All done.\n');
    expect(stderr).toContain('3 requests to the model');
    const { processEnvironment } = machine.report();
    expect(processEnvironment.HEADROOM_LAUNCH).not.toBe(left.HEADROOM_LAUNCH);
    expect(processEnvironment).not.toHaveProperty('OTHER_BASE_URL');
  });

  test('does not write over the files of the one around it', async () => {
    const files = { HEADROOM_RECEIPT_JSON: join(machine.root, 'r.json'), HEADROOM_EXPLAIN: join(machine.root, 'e.jsonl') };
    await machine.run(['wrap', 'claude'], environment({ ...files, STAND_IN: `run:${machine.cli},wrap,claude` }));
    expect(JSON.parse(readFileSync(files.HEADROOM_RECEIPT_JSON, 'utf8'))).toMatchObject({ requests: { turns: 3 } });
    expect(readFileSync(files.HEADROOM_EXPLAIN, 'utf8').trimEnd().split('\n')).toHaveLength(3);
    expect(machine.report().processEnvironment).not.toHaveProperty('HEADROOM_EXPLAIN');
  });
});
