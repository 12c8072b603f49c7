/** Every way out of a launch takes everything down: signals at any moment, stray errors, a terminal; and teardown itself. */
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTeardown } from '../src/launch/teardown.ts';
import { programPath } from './helpers/launcher-bundle.ts';
import { createMachine, isAlive, type Machine, processesOf, spreadMoments, until } from './helpers/launches.ts';
import { openTerminal } from './helpers/outer-terminal.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const upstream = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
const folders = () => (existsSync(machine.launches) ? readdirSync(machine.launches) : []);

test('SIGTERM at twenty moments leaves no folder, no process, and the status of a SIGTERM', async () => {
  const moments = await spreadMoments(machine, 20);
  for (let first = 0; first < moments.length; first += 4) {
    await Promise.all(
      moments.slice(first, first + 4).map(async (moment) => {
        const { child, ended } = machine.start(['wrap', '--quiet', 'claude'], { ...upstream, STAND_IN: 'wait' });
        await new Promise((resolve) => setTimeout(resolve, moment));
        child.kill('SIGTERM');
        const { code, signal } = await ended;
        // Before Node runs our first line the signal ends it by itself.
        expect(signal ?? code).toBe(signal === null ? 143 : 'SIGTERM');
      }),
    );
  }
  expect(folders()).toEqual([]);
  await until(() => processesOf(machine.root).length === 0);
}, 240_000);

test('a stray error ends the agent, takes everything down and is said', async () => {
  const options = `--import ${encodeURI(`file://${programPath('throw-beside-the-agent.mjs')}`)}`;
  const { code, stderr } = await machine.run(['wrap', 'claude'], { ...upstream, STAND_IN: 'wait', NODE_OPTIONS: options });
  expect(code).toBe(143);
  expect(stderr).toContain('headroom: unexpected error: stray\n');
  expect(isAlive(machine.report().pid)).toBe(false);
  expect(folders()).toEqual([]);
});

describe('on a terminal', () => {
  const open = (extra: Record<string, string> = {}) =>
    openTerminal(process.execPath, [machine.cli, 'wrap', '--upstream', 'http://127.0.0.1:9', 'claude'], {
      cwd: machine.project,
      environment: machine.environment({ STAND_IN: 'print:its-own exit:4', ...extra }),
    });

  test('the note comes first, then the agent, then the receipt in colour', async () => {
    const terminal = open();
    expect(await terminal.ended).toMatchObject({ code: 4 });
    expect(terminal.text()).toMatch(
      /^headroom: Remote Control is not available.*\r\nits-own.*\u001b\[1mheadroom\u001b\[22m \u001b\[33mnothing reached the proxy\u001b\[39m.*\r\n$/s,
    );
    expect(folders()).toEqual([]);
  });

  test('without colour where NO_COLOR asks for none', async () => {
    const terminal = open({ NO_COLOR: '1' });
    await terminal.ended;
    expect(terminal.text()).toMatch(/its-own.*headroom nothing reached the proxy/s);
  });
});

describe('the teardown', () => {
  test('goes in reverse, once, to its end, and gathers what fails', async () => {
    const done: string[] = [];
    const teardown = createTeardown();
    teardown.add('first', () => {
      done.push('first');
    });
    teardown.add('second', () => {
      throw new Error('stuck\nwith details');
    });
    teardown.add('third', async () => {
      await new Promise(setImmediate);
      done.push('third');
    });
    const [errors, again] = await Promise.all([teardown.run(), teardown.run()]);
    expect(done).toEqual(['third', 'first']);
    expect(errors).toEqual(['second: stuck']);
    expect(again).toBe(errors);
  });
});
