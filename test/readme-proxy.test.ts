/** The README's page about `headroom proxy`: its commands start, its table is where requests go, and it names every option. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveProxySettings } from '../src/commands/proxy-settings.ts';
import { protocols } from '../src/protocols/index.ts';
import { createUpstreams } from '../src/proxy/upstreams.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { settingsFor } from './helpers/loopback-settings.ts';

const readme = readFileSync(join(resolve(import.meta.dirname, '..'), 'README.md'), 'utf8');
const [, section = ''] = /\n## One proxy for many programs\n(.*?)\n## /s.exec(readme) ?? [];
const examples = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, lines]) => lines).join('');
const rows = [...section.matchAll(/^\| (`\/.*?`) \| (.*?) \| (.*?) \|$/gm)];

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

test.each(examples.trim().split('\n'))('%s', async (line) => {
  const [, assignments = '', command = ''] = /^((?:\w+=\S+ )*)headroom (.*)$/.exec(line) ?? [];
  const environment = Object.fromEntries([...assignments.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
  const { child, ended } = machine.start([...command.split(' '), '--port', '0'], environment);
  const ready = await new Promise<string>((done, reject) => {
    child.stdout?.once('data', (text: Buffer) => done(text.toString()));
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  expect(ready).toMatch(/^headroom proxy: ready at http:\/\/[\d.]+:\d+\n/);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
});

test('the table tells where each path goes, and what is made smaller there', () => {
  const { upstreams } = resolveProxySettings({}, { AWS_REGION: 'us-west-2' });
  const { choose } = createUpstreams({ ...settingsFor('http://unused'), ...upstreams });
  const told = rows.flatMap(([, paths = '', host = '', what = '']) => {
    const [, name] = /^`(.*?)`/.exec(host) ?? [];
    return [...paths.matchAll(/`(.*?)`/g)].map(([, path = '']) => ({ path, name, isRead: !what.startsWith('nothing') }));
  });
  expect(told.length).toBeGreaterThan(15);
  for (const { path, name, isRead } of told) {
    const protocol = protocols.find(({ serves }) => serves('POST', path));
    expect({ path, isRead: protocol !== undefined }).toEqual({ path, isRead });
    if (name !== undefined) expect({ path, name: choose(protocol, path, {}).host }).toEqual({ path, name });
    else expect({ path, isSomebodys: choose(protocol, path, {}).host !== '' }).toEqual({ path, isSomebodys: true });
  }
});

test('it names every option that help prints, and no other', async () => {
  const { stdout } = await machine.run(['proxy', '--help']);
  const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option).filter((option) => option !== '--help');
  const named = [...section.matchAll(/(?<![\w-])(--[a-z][a-z-]*)/g)].map(([, option]) => option);
  // What everybody knows of a server: --port, --token by its variable.
  expect([...new Set([...named, '--port', '--token'])].toSorted()).toEqual(options.toSorted());
});
