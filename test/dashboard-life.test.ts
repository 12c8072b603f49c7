/** The life of `headroom dashboard`: how it begins, how a browser is led to it, and that nothing is left when it ends. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressOf, type Dashboard, startDashboard } from './helpers/dashboard.ts';
import { placeProgram, until } from './helpers/launches.ts';
import { send, sendRaw } from './helpers/loopback-client.ts';
import { openTerminal } from './helpers/outer-terminal.ts';

let dashboard: Dashboard;
let address: string;
beforeEach(async () => {
  dashboard = await startDashboard();
  address = dashboard.address;
});
afterEach(() => dashboard.remove());

describe('its end', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s is clean, and leaves nothing', async (signal) => {
    await dashboard.ask('data.json');
    dashboard.child.kill(signal);
    expect(await dashboard.ended).toEqual({ code: 0, signal: null, stdout: `${address}\n`, stderr: '' });
    await expect(send(address)).rejects.toThrow('ECONNREFUSED');
    expect(readdirSync(join(dashboard.machine.home, '.cache', 'headroom'))).toEqual(['ledger']);
    expect(dashboard.machine.homeState()).toEqual({});
  });

  test('does not wait for requests that are never finished', async () => {
    const half = sendRaw(dashboard.port, 'GET / HTTP/1.1\r\n');
    await dashboard.ask('data.json');
    dashboard.child.kill('SIGTERM');
    expect((await dashboard.ended).code).toBe(0);
    await half.catch(() => {});
  });
});

describe('the browser', () => {
  const open = async (args: readonly string[], environment: Record<string, string>) => {
    placeProgram(
      join(dashboard.machine.bin, 'xdg-open'),
      'cat "$1" > "$HOME/shown.html"; stat -c "%a" "$1" > "$HOME/opened"; echo "$1" >> "$HOME/opened"',
    );
    const temporary = dashboard.machine.write('tmp/.keep', '');
    const full = dashboard.machine.environment({ TMPDIR: dirname(temporary), DISPLAY: '', WAYLAND_DISPLAY: '', ...environment });
    const terminal = openTerminal(process.execPath, [dashboard.machine.cli, 'dashboard', ...args], { environment: full, columns: 200 });
    await terminal.waitFor('Ctrl-C ends it.');
    return { terminal, left: () => readdirSync(dirname(temporary)), opened: join(dashboard.machine.home, 'opened') };
  };

  test('is led there by a file of the user alone, and the secret is on no command line', async () => {
    const { terminal, left, opened } = await open([], { DISPLAY: ':0' });
    await until(() => existsSync(opened) && readFileSync(opened, 'utf8').split('\n').length > 2);
    const [mode, path = ''] = readFileSync(opened, 'utf8').split('\n');
    const [shown = ''] = /http:\/\/\S+/.exec(terminal.text()) ?? [];
    expect([mode, statSync(dirname(path)).mode & 0o777, /[0-9a-f]{32}/.test(path)]).toEqual(['600', 0o700, false]);
    expect(readFileSync(join(dashboard.machine.home, 'shown.html'), 'utf8')).toContain(`content="0; url=${shown}"`);
    expect((await send(shown)).status).toBe(200);
    terminal.type('\x03');
    expect((await terminal.ended).code).toBe(0);
    expect(left()).toEqual(['.keep']);
  });

  test.each([
    ['--no-open', ['--no-open'], { DISPLAY: ':0' }],
    ['no desktop', [], {}],
  ] as const)('is left alone: %s', async (_, args, environment) => {
    const { terminal, left, opened } = await open(args, environment);
    terminal.type('\x03');
    expect((await terminal.ended).code).toBe(0);
    expect([left(), existsSync(opened)]).toEqual([['.keep'], false]);
  });
});

describe('words that make no sense', () => {
  test('a port that is taken, or none', async () => {
    const taken = await dashboard.machine.run(['dashboard', '--port', String(dashboard.port)]);
    expect(taken).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `headroom: Port ${dashboard.port} is taken\nLeave --port out: any free one will do.\n`,
    });
    for (const word of ['x', '-1', '65536', '1.5', ''])
      expect((await dashboard.machine.run(['dashboard', `--port=${word}`])).stderr).toContain('is no port');
  });

  test('a port that is free is taken', async () => {
    const probe = createServer();
    const free = await new Promise<number>((resolve) => {
      probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port));
    });
    await new Promise((resolve) => probe.close(resolve));
    const { child, ended } = dashboard.machine.start(['dashboard', '--no-open', '--port', String(free)]);
    const found = await addressOf(child, ended);
    child.kill('SIGTERM');
    await ended;
    expect(found).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${free}/`));
  });
});
