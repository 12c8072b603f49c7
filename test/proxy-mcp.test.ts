/** MCP on a running proxy: a real process, the SDK's own client, and the secret that opens it and nothing else does. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answer, ask, log } from './helpers/big-result.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { open, send } from './helpers/loopback-client.ts';
import { testRun } from './helpers/mcp-client.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

async function startProxy(words: readonly string[] = [], environment: Record<string, string> = {}) {
  const { child, ended } = machine.start(['proxy', '--port', '0', '--upstream', 'http://127.0.0.1:9', ...words], environment);
  let told = '';
  child.stderr?.on('data', (text: Buffer) => {
    told += text;
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(text.toString()));
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  await expect.poll(() => told).toContain('MCP');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { base: /http:\S+/.exec(line)?.[0] ?? '', told: () => told, stop };
}

const secretFile = () => join(machine.home, '.cache', 'headroom', 'content-secret');

async function connect(address: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(address)) as Parameters<Client['connect']>[0]);
  return client;
}

async function call(client: Client, name: string, words: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { content } = await client.callTool({ name, arguments: words });
  return JSON.parse((content as { text: string }[])[0]!.text) as Record<string, unknown>;
}

test('is there under a secret of its own, and at the same address after a restart', async () => {
  const first = await startProxy();
  const secret = readFileSync(secretFile(), 'utf8').trim();
  expect(first.told()).toContain(`${first.base}/SECRET/mcp, with what stands in ${secretFile()}`);
  const client = await connect(`${first.base}/${secret}/mcp`);
  const { hash } = await call(client, 'headroom_compress', { content: testRun, kind: 'pytest -v' });
  expect(await call(client, 'headroom_stats', {})).toMatchObject({ compressions: 1, proxy: { running: 1 } });
  // What the model of a client elsewhere opens by its address.
  expect((await send(`${first.base}/${secret}/originals/${hash}`)).body.toString()).toBe(testRun);
  await client.close();
  await first.stop();

  const second = await startProxy();
  const again = await connect(`${second.base}/${secret}/mcp`);
  expect(await call(again, 'headroom_retrieve', { hash })).toMatchObject({ original_content: testRun });
  await again.close();
  await second.stop();
});

test('is nowhere without it, nor for pages', async () => {
  const { base, stop } = await startProxy();
  const secret = readFileSync(secretFile(), 'utf8').trim();
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const ask = async (path: string, more: Record<string, string> = {}) => {
    const reply = await open(`${base}${path}`, { method: 'POST', headers: { ...headers, ...more }, body }).reply;
    reply.resume();
    return reply.statusCode;
  };
  expect(await ask(`/${secret}/mcp`)).toBe(200);
  expect(await ask(`/${secret}/mcp`, { origin: 'http://localhost' })).toBe(403);
  // It goes where every other request goes: to the upstream, which is none.
  for (const path of ['/mcp', `/${secret.replace(/./, 'x')}/mcp`, `/x/${secret}/mcp`]) expect(await ask(path)).toBe(502);
  expect(await ask(`/${secret}/v1/messages`)).toBe(404);
  await stop();
});

test('has another address each time where nothing may be left behind, and what was asked of the API goes with it', async () => {
  const { base, told, stop } = await startProxy(['--ephemeral']);
  expect(told()).toMatch(/SECRET\/mcp\n/);
  const body = JSON.stringify({ model: 'm', messages: [ask('a'), answer('a')] });
  const made = JSON.parse((await send(`${base}/v1/compress`, { method: 'POST', body })).body.toString()) as { ccr_hashes: string[] };
  const got = await send(`${base}/v1/retrieve/${made.ccr_hashes[0]}`);
  expect(JSON.parse(got.body.toString())).toMatchObject({ original_content: log });
  await stop();
  expect(() => readFileSync(secretFile())).toThrow('ENOENT');
  expect(existsSync(join(machine.home, '.cache', 'headroom', 'originals'))).toBe(false);
  expect(machine.homeState()).toEqual({});
});
