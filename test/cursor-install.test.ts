/** `headroom cursor install` and `uninstall` for the editor: files that come back byte for byte, and a hook that answers by itself. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMachine, type Machine } from './helpers/launches.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
  mkdirSync(join(machine.home, '.cursor'));
});
afterEach(() => machine.remove());

const hooks = () => join(machine.home, '.cursor/hooks.json');
const read = () => readFileSync(hooks(), 'utf8');
const commandIn = () => {
  const { hooks: all } = JSON.parse(read()) as { hooks: { postToolUse: { command: string; matcher: string }[] } };
  return all.postToolUse.at(-1)?.command ?? '';
};

describe('install and uninstall', () => {
  test('leave a machine without settings as it was', async () => {
    const before = machine.homeState();
    const { code, stdout } = await machine.run(['cursor', 'install']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^hook {6}added to .*hooks\.json\ncursor {4}added to .*mcp\.json\n/),
    });
    expect(JSON.parse(read())).toMatchObject({ version: 1, hooks: { postToolUse: [{ matcher: '^MCP:', timeout: 20 }] } });
    expect(read()).not.toContain('//');
    expect((await machine.run(['cursor', 'install'])).stdout).toMatch(/^hook {6}is there already\ncursor {4}is there already\n/);
    await machine.run(['cursor', 'uninstall']);
    expect(machine.homeState()).toEqual(before);
  });

  test.each([
    '{\n  "version": 1,\n  "hooks": {\n    "postToolUse": [ {"command": "./mine.sh"} ],\n    "stop": [{"command": "x"}]\n  }\n}',
    '{"version":1,"hooks":{}}\n',
    '{ "version" : 1 }',
    '// mine\n{\n\t"version": 1, /* why */\n\t"hooks": { "postToolUse": [], },\n}\n',
  ])('give the file back byte for byte: %j', async (text) => {
    machine.write('home/.cursor/hooks.json', text);
    const before = machine.homeState();
    expect((await machine.run(['cursor', 'install'])).code).toBe(0);
    expect(read()).toContain('cursor hook');
    expect((await machine.run(['cursor', 'uninstall'])).code).toBe(0);
    expect(machine.homeState()).toEqual(before);
  });

  test('take out our hook alone where something else has changed', async () => {
    machine.write('home/.cursor/hooks.json', '{"version":1,"hooks":{"postToolUse":[{"command":"./mine.sh"}]}}');
    await machine.run(['cursor', 'install']);
    machine.write('home/.cursor/hooks.json', read().replace('./mine.sh', './other.sh'));
    await machine.run(['cursor', 'uninstall']);
    expect(JSON.parse(read())).toEqual({ version: 1, hooks: { postToolUse: [{ command: './other.sh' }] } });
    expect(existsSync(`${hooks()}.headroom-backup`)).toBe(false);
  });

  test.each(['{', '{"version":2}', '{"version":1,"hooks":{"postToolUse":{}}}'])('leave what they do not understand: %s', async (text) => {
    machine.write('home/.cursor/hooks.json', text);
    const { code, stderr } = await machine.run(['cursor', 'install']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^headroom: .*hooks\.json: .*\nIt was left as it is/) });
    expect(read()).toBe(text);
  });

  test('leave what is no text in UTF-8, and say so', async () => {
    const bytes = Buffer.from('{"version":1,"name":"\xff"}', 'latin1');
    writeFileSync(hooks(), bytes);
    const { code, stderr } = await machine.run(['cursor', 'install']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/hooks\.json: .*UTF-8\nIt was left as it is; mend the file/),
    });
    expect(readFileSync(hooks())).toEqual(bytes);
  });

  test('only say what they would do with --dry-run', async () => {
    const before = machine.homeState();
    expect((await machine.run(['cursor', 'install', '--dry-run'])).stdout).toMatch(/^hook {6}would be added to /);
    expect(machine.homeState()).toEqual(before);
  });
});

describe('the hook', () => {
  const rows = Array.from({ length: 60 }, (_, at) => ({ order_id: at, state: 'shipped', warehouse: `warehouse-${at % 4}` }));
  const text = JSON.stringify(rows, undefined, 2);
  const payload = (result: unknown) =>
    JSON.stringify({ hook_event_name: 'postToolUse', tool_name: 'MCP:orders', tool_input: '{}', tool_output: JSON.stringify(result) });
  const ask = (input: string, extra: Record<string, string> = {}) =>
    spawnSync('sh', ['-c', commandIn()], { input, encoding: 'utf8', env: machine.environment(extra), cwd: machine.project });

  test('makes what an MCP tool returned smaller, in the same shape, and loses nothing', async () => {
    await machine.run(['cursor', 'install']);
    const { status, stdout } = ask(payload({ content: [{ type: 'text', text }] }));
    expect(status).toBe(0);
    const { updated_mcp_tool_output: updated } = JSON.parse(stdout) as {
      updated_mcp_tool_output: { content: { type: string; text: string }[] };
    };
    const [part] = updated.content;
    expect(part).toMatchObject({ type: 'text' });
    expect(part?.text.length).toBeLessThan(text.length / 2);
    expect(part?.text).not.toContain('not shown');
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['another event', '{"hook_event_name":"stop"}'],
    ['an error of the tool', payload({ content: [{ type: 'text', text }], isError: true })],
    ['a small text', payload({ content: [{ type: 'text', text: 'ok' }] })],
  ])('changes nothing at %s', async (_, input) => {
    await machine.run(['cursor', 'install']);
    expect(ask(input)).toMatchObject({ status: 0, stdout: '{}\n', stderr: '' });
  });

  test('leaves a launch of ours to the hook of that launch', async () => {
    await machine.run(['cursor', 'install']);
    expect(ask(payload({ content: [{ type: 'text', text }] }), { HEADROOM_LAUNCH: 'x' }).stdout).toBe('{}\n');
  });
});
