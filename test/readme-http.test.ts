/** The README's page about HTTP: its example runs against a real `headroom proxy`, and its table names what is answered there. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answer, ask, log } from './helpers/big-result.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { send } from './helpers/loopback-client.ts';

const readme = readFileSync(join(resolve(import.meta.dirname, '..'), 'README.md'), 'utf8');
const [, section = ''] = /\n## Over HTTP\n(.*?)\n## /s.exec(readme) ?? [];

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

async function startProxy(): Promise<string> {
  const { child, ended } = machine.start(['proxy', '--port', '0', '--upstream', 'http://127.0.0.1:9'], {});
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(/http:\S+/.exec(text.toString())?.[0] ?? ''));
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
}

test('the example runs as it stands there', async () => {
  const base = await startProxy();
  const [, example = ''] = /```js\n(.*?)```/s.exec(section) ?? [];
  expect(example).toContain("'http://127.0.0.1:8787'");
  const program = join(machine.project, 'example.mjs');
  const history = JSON.stringify([ask('a'), answer('a')]);
  writeFileSync(program, `const history = ${history};\n${example.replace('http://127.0.0.1:8787', base)}`);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program]);
  expect(stderr).toBe('');
  const lines = log.split('\n');
  expect(stdout).toMatch(/^\d{4} -> \d{3} tokens, 2 messages\n/);
  expect(stdout.replace(/\s+/g, ' ')).toContain(` ${log.length} [ '151:${lines[150]}' ] ${lines[119]} ${lines[120]} `);
});

test('every path of the table is answered, and the settings are JSON', async () => {
  const base = await startProxy();
  const secret = readFileSync(join(machine.home, '.cache', 'headroom', 'content-secret'), 'utf8').trim();
  const asked = [...section.matchAll(/`(?:(GET|POST) )?(\/[\w/.-]+)`/g)].filter(([, , path]) => path !== '/');
  expect(asked.length).toBeGreaterThan(9);
  for (const [, method, path = ''] of asked) {
    const isPost = method === 'POST' || path.endsWith('/mcp');
    const { status } = await send(base + path.replace('SECRET', secret).replace('HASH', '0123456789abcdef'), {
      ...{ method: isPost ? 'POST' : 'GET', headers: { 'content-type': 'application/json' } },
      ...(isPost ? { body: '{}' } : {}),
    });
    // Nothing of it went to the upstream, which is none.
    expect({ path, isOurs: status !== 502 }).toEqual({ path, isOurs: true });
  }
  const [, settings = ''] = /```json\n(.*?)```/s.exec(section) ?? [];
  expect(JSON.parse(settings)).toHaveProperty('mcpServers.headroom.url');
});
