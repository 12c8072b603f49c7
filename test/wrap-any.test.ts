/** `headroom wrap -- command`: whatever honours the usual variables is led through the proxy, to where it would have gone itself. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { watchSilence } from '../src/launch/silence.ts';
import { createMeter } from '../src/launch/totals.ts';
import { wrapCommand } from '../wrappers/any-command.ts';
import { programPath } from './helpers/launcher-bundle.ts';
import { createMachine, type Machine } from './helpers/launches.ts';

let machine: Machine;
let upstreams: readonly [Upstream, Upstream, Upstream];
beforeAll(async () => {
  machine = createMachine();
  const start = () => startUpstream({ script: { steps: [] } });
  upstreams = await Promise.all([start(), start(), start()]);
});
afterAll(async () => {
  for (const upstream of upstreams) await upstream.close();
  machine.remove();
});

const program = programPath('ask-each-provider.mjs');
const own = () => ({
  OPENAI_BASE_URL: `${upstreams[0].url}/gateway/v1`,
  ANTHROPIC_BASE_URL: `${upstreams[1].url}/`,
  GOOGLE_GEMINI_BASE_URL: upstreams[2].url,
});
const paths = () => upstreams.map(({ requests }) => requests.slice(-1).map(({ path, query }) => path + query)[0]);

describe('any command', () => {
  test('is asked nothing, told where to go, and its requests arrive where they would have', async () => {
    const { code, stdout, stderr } = await machine.run(['wrap', '--', process.execPath, program], own());
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'openai 200 answered\nanthropic 200 answered\ngoogle 200 answered\n' });
    expect(paths()).toEqual(['/gateway/v1/chat/completions', '/v1/messages', '/v1beta/models/a-model:generateContent?alt=x']);
    expect(stderr).toMatch(
      /^headroom: requests pass through the proxy if this command honours OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GOOGLE_GEMINI_BASE_URL\nheadroom \d+ s · 3 requests to the model/,
    );
    expect(readdirSync(machine.launches)).toEqual([]);
  });

  test('goes all to one place, or one provider to another, where the user says so', async () => {
    const [, , third] = upstreams;
    await machine.run(['wrap', '--upstream', third.url, '--', process.execPath, program], own());
    expect(third.requests.slice(-3).map(({ path }) => path)).toEqual([
      '/v1/chat/completions',
      '/v1/messages',
      '/v1beta/models/a-model:generateContent',
    ]);
    const before = upstreams[1].requests.length;
    await machine.run(['wrap', '--upstream', `anthropic=${third.url}`, '--', process.execPath, program], own());
    expect(upstreams[1].requests.length).toBe(before);
  });

  test('that honours nothing is told so at the end', async () => {
    const { code, stderr } = await machine.run(['wrap', '--', process.execPath, program, 'silent'], own());
    expect(code).toBe(0);
    expect(stderr).toMatch(/nothing reached the proxy in \d+ s: node asked the model nothing, or it reads none of OPENAI_BASE_URL, /);
  });

  test('keeps its arguments, its exit code and a path as a shell takes it', async () => {
    machine.write('project/run.sh', '#!/bin/sh\necho "$@"; exit 7\n');
    const { code, stdout } = await machine.run(['wrap', '--quiet', '--', 'sh', './run.sh', '--', '--off', 'a b']);
    expect({ code, stdout }).toEqual({ code: 7, stdout: '-- --off a b\n' });
    const relative = await machine.run(['wrap', '--quiet', '--', './run.sh'], {});
    expect(relative).toMatchObject({ code: 126, stderr: expect.stringContaining('run.sh') });
  });

  test('that is not there, and one without dashes, are named', async () => {
    expect(await machine.run(['wrap', '--', 'no-such-thing'])).toMatchObject({
      code: 127,
      stderr: 'headroom: no-such-thing (`no-such-thing`) is not on PATH\n',
    });
    expect((await machine.run(['wrap', 'no-such-thing'])).stderr).toContain('Any other command: headroom wrap -- no-such-thing\n');
  });

  test('that is an agent is that agent', async () => {
    expect((await machine.run(['wrap', '--', 'codex'], { PATH: '/nowhere' })).stderr).toContain('Codex (`codex`) is not on PATH');
  });

  test('inside another launch is not proxied twice', async () => {
    const inner = [process.execPath, machine.cli, 'wrap', '--', process.execPath, program];
    const { stdout, stderr } = await machine.run(['wrap', '--', ...inner], own());
    expect(stdout).toContain('anthropic 200 answered');
    expect(stderr).toContain('already inside a launch of headroom: its proxy serves this one too');
    expect(stderr.match(/requests to the model/g)).toHaveLength(1);
  });
});

test.each(['amp', 'auggie'])('%s is refused with the reason', async (agent) => {
  const { code, stderr } = await machine.run(['wrap', agent]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^headroom: \w+ cannot be wrapped: its .*\n.*headroom mcp\.\n$/);
});

test('an address that is none leaves the launch alone', () => {
  const place = { platform: 'linux' as const, homeFolder: '/h', workingFolder: '/w', projectFolder: '/w', privateFolder: '/p', files: [] };
  const environment = { OPENAI_BASE_URL: 'here?' };
  const plan = wrapCommand('x', 'x').plan({ ...place, args: ['a'], environment, proxyAddress: 'http://127.0.0.1:1/s' });
  expect(plan).toMatchObject({
    runsBare: true,
    environment: {},
    notes: [expect.stringContaining('OPENAI_BASE_URL is no plain URL: here?')],
  });
});

describe('a launch without requests', () => {
  const watch = (meter = createMeter()) => {
    const notes: string[] = [];
    const stop = watchSilence({ meter, title: 'Codex', strays: 'a server of it sends them', note: (line) => notes.push(line) });
    return { notes, meter, stop };
  };

  test('is told of once, with the likely cause', () => {
    vi.useFakeTimers();
    const { notes } = watch();
    vi.advanceTimersByTime(29_000);
    expect(notes).toEqual([]);
    vi.advanceTimersByTime(600_000);
    expect(notes).toEqual(['no request has come in 30 s: Codex has asked the model nothing yet, or a server of it sends them']);
    vi.useRealTimers();
  });

  test('is not, where one came or the agent is gone', () => {
    vi.useFakeTimers();
    const busy = watch();
    busy.meter.totals.requests.all = 1;
    const gone = watch();
    gone.stop();
    vi.advanceTimersByTime(600_000);
    expect([...busy.notes, ...gone.notes]).toEqual([]);
    vi.useRealTimers();
  });
});
