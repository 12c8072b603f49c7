/** MCP as streamable HTTP, by the SDK's own client over a loopback socket, and by raw requests. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LoopbackApi, startApi } from './helpers/loopback-api.ts';
import { open, sendRaw } from './helpers/loopback-client.ts';
import { testRun } from './helpers/mcp-client.ts';

let api: LoopbackApi;
beforeEach(async () => {
  api = await startApi({ totals: async () => ({ requests_total: 17 }) });
  api.access = 'content';
});
afterEach(() => api.close());

async function connect(): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${api.url}/mcp`)) as Parameters<Client['connect']>[0]);
  return client;
}

async function call(client: Client, name: string, words: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { content } = await client.callTool({ name, arguments: words });
  const [{ text = '' } = {}] = content as { text?: string }[];
  return JSON.parse(text) as Record<string, unknown>;
}

const said = (message: unknown, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
const hello = (protocolVersion: string) => ({
  ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
  params: { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});

describe('its tools', () => {
  test('are listed, compress, give back every byte, and tell what they did', async () => {
    const client = await connect();
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['headroom_compress', 'headroom_retrieve', 'headroom_stats']);
    expect(client.getInstructions()).toContain('headroom_retrieve');
    const { hash, compressed } = await call(client, 'headroom_compress', { content: testRun, kind: 'pytest -v' });
    expect(compressed).toContain(`full text: headroom_retrieve ${hash}]`);
    expect(await call(client, 'headroom_retrieve', { hash })).toMatchObject({ original_content: testRun });
    // Another client, as after a restart of the first: nothing is bound to a session.
    const other = await connect();
    expect(await call(other, 'headroom_retrieve', { hash, lines: '1' })).toMatchObject({ lines: '1-1' });
    expect(await call(other, 'headroom_stats')).toMatchObject({ compressions: 1, retrievals: 2, proxy: { requests_total: 17 } });
    await Promise.all([client.close(), other.close()]);
  });

  test('answer many at once, each its own', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, connect));
    const texts = Array.from({ length: 24 }, (_, n) => `text ${n}: nothing to gain`);
    const replies = await Promise.all(texts.map((content, n) => call(clients[n % 4]!, 'headroom_compress', { content })));
    expect(replies.map(({ compressed }) => compressed)).toEqual(texts);
    await Promise.all(clients.map((client) => client.close()));
  });
});

describe('the protocol', () => {
  test.each(['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('of %s is spoken', async (version) => {
    const welcome = await said(hello(version));
    expect(await welcome.json()).toMatchObject({ id: 0, result: { protocolVersion: version, serverInfo: { name: 'headroom' } } });
    const headers = { 'mcp-protocol-version': version };
    expect((await said({ jsonrpc: '2.0', method: 'notifications/initialized' }, headers)).status).toBe(202);
    const listed = await said({ jsonrpc: '2.0', id: 'tools', method: 'tools/list' }, headers);
    expect(await listed.json()).toMatchObject({ id: 'tools', result: { tools: [{}, {}, {}] } });
  });

  test('of a version nobody here knows becomes the newest one known', async () => {
    expect(await (await said(hello('2031-01-01'))).json()).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
  });

  test('has an error for what is not known', async () => {
    for (const method of ['resources/list', 'server/discover', 'no/such'])
      expect(await (await said({ jsonrpc: '2.0', id: 1, method })).json()).toMatchObject({ id: 1, error: { code: -32601 } });
    const wrong = await said({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'rm', arguments: {} } });
    expect(await wrong.json()).toMatchObject({ id: 2, error: { code: -32602 } });
    expect((await said({ jsonrpc: '2.0', id: 3, method: 'ping' }, { 'mcp-protocol-version': '1999-01-01' })).status).toBe(400);
  });

  test('answers several messages of one request', async () => {
    const both = await said([
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', id: 2, method: 'tools/list' },
    ]);
    expect(await both.json()).toMatchObject([{ id: 1 }, { id: 2 }]);
  });

  test('refuses what is no message, and opens no stream', async () => {
    for (const junk of ['', '{', '7', '{}', '[{}]', 'null']) expect((await said(junk)).status).toBe(400);
    expect((await said(hello('2025-06-18'), { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await said(hello('2025-06-18'), { origin: 'http://localhost' })).status).toBe(403);
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const reply = await fetch(`${api.url}/mcp`, { method, headers: { accept: 'text/event-stream' } });
      expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
    }
    const head = 'POST /mcp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 70000000\r\n\r\n{';
    expect(await sendRaw(api.port, head)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('lets go of a client that leaves while it is being answered', async () => {
    const body = JSON.stringify([
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'headroom_stats' } },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
    ]);
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const { request, reply } = open(`${api.url}/mcp`, { method: 'POST', headers, body });
    await expect.poll(() => api.answering()).toBe(1);
    request.destroy();
    await reply.catch(() => {});
    await expect.poll(() => api.answering()).toBe(0);
  });
});

test('is not there for those who do not hold the content secret', async () => {
  for (const access of ['all', 'none'] as const) {
    api.access = access;
    expect((await said(hello('2025-06-18'))).status).toBe(418);
  }
});
