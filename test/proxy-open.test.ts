/** A proxy without a secret in its path: on loopback for every program and no page, elsewhere for those who show the token; and how it drains. */
import { Agent, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { chunksOf, open, send, sendRaw } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const token = 'a-token-of-somebody';

async function startOpen(given?: string, more = {}) {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, { open: { token: given }, ...more }));
  return { upstream, proxy, base: `http://127.0.0.1:${proxy.port}` };
}

describe('without a token', () => {
  test.each(['127.0.0.1:PORT', 'localhost:PORT', 'LOCALHOST:9', '[::1]:PORT', '127.0.0.1'])('by the name %s', async (name) => {
    const { upstream, proxy, base } = await startOpen();
    const headers = { host: name.replace('PORT', String(proxy.port)) };
    expect((await send(`${base}/v1/messages?beta=true`, { method: 'POST', headers, body: '{}' })).status).toBe(200);
    expect(upstream.requests[0]?.url).toBe('/v1/messages?beta=true');
  });

  test.each<[string, Record<string, string>]>([
    ['another name', { host: 'evil.example' }],
    ['a name that begins as ours', { host: '127.0.0.1.evil.example' }],
    ['an address of the network', { host: '192.168.0.1:8787' }],
    ['an Origin', { origin: 'http://localhost:3000' }],
    ['the Origin null', { origin: 'null' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
  ])('%s is refused, and nothing goes upstream', async (_, headers) => {
    const { upstream, proxy, base } = await startOpen();
    expect((await send(`${base}/v1/messages`, { method: 'POST', headers, body: '{}' })).status).toBe(403);
    expect(upstream.requests).toHaveLength(0);
    expect(await proxy.record(0)).toMatchObject({ outcome: 'refused' });
  });

  test.each([
    ['a whole address', 'GET http://127.0.0.1:PORT/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n', 403],
    ['two Hosts', 'GET /x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: localhost\r\nConnection: close\r\n\r\n', 403],
    ['the star', 'OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n', 403],
    ['CONNECT', 'CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n', 403],
    ['no Host', 'GET /x HTTP/1.0\r\n\r\n', 403],
  ])('%s is refused', async (_, text, status) => {
    const { upstream, proxy } = await startOpen();
    expect(await sendRaw(proxy.port, text.replaceAll('PORT', String(proxy.port)))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(upstream.requests).toHaveLength(0);
  });

  test('a token that nobody asked for goes no further', async () => {
    const { upstream, base } = await startOpen();
    await send(`${base}/x`, { headers: { 'X-Headroom-Token': token, authorization: 'Bearer key' } });
    expect(upstream.requests[0]?.request.headers).toMatchObject({ authorization: 'Bearer key' });
    expect(upstream.requests[0]?.request.headers['x-headroom-token']).toBeUndefined();
  });
});

describe('with a token', () => {
  test.each<[string, string, Record<string, string>]>([
    ['its own header', '/v1/messages', { 'X-Headroom-Token': token, authorization: 'Bearer the-key' }],
    ['the first segment of the path', `/${token}/v1/messages`, { authorization: 'Bearer the-key' }],
    ['the key that a client sends', '/v1/messages', { Authorization: `Bearer ${token}`, 'x-api-key': 'the-key' }],
    ['any name and an Origin', '/v1/messages', { 'x-headroom-token': token, host: 'proxy.example', origin: 'https://chat.example' }],
  ])('by %s, and it does not go upstream', async (_, path, headers) => {
    const { upstream, proxy, base } = await startOpen(token);
    expect((await send(base + path, { method: 'POST', headers, body: '{}' })).status).toBe(200);
    const [seen] = upstream.requests;
    expect(seen?.url).toBe('/v1/messages');
    expect(JSON.stringify(seen?.request.rawHeaders)).not.toContain(token);
    if (headers.authorization) expect(seen?.request.headers.authorization).toBe('Bearer the-key');
    if (headers['x-api-key']) expect(seen?.request.headers).toMatchObject({ 'x-api-key': 'the-key' });
    expect(JSON.stringify(await proxy.record(0))).not.toContain(token);
  });

  test.each<[string, string, Record<string, string>]>([
    ['none', '/v1/messages', {}],
    ['another', '/v1/messages', { 'x-headroom-token': `${token}x` }],
    ['its beginning', `/${token.slice(0, -1)}/v1/messages`, {}],
    ['the wrong key', '/v1/messages', { authorization: 'Bearer sk-1' }],
    ['in the query', `/v1/messages?token=${token}`, {}],
    ['in the second segment', `/v1/${token}/messages`, {}],
  ])('%s: refused', async (_, path, headers) => {
    const { upstream, base } = await startOpen(token);
    const { status, body } = await send(base + path, { method: 'POST', headers, body: '{}' });
    expect(status).toBe(401);
    expect(body.toString()).not.toContain(token);
    expect(upstream.requests).toHaveLength(0);
  });
});

test('what is its own it answers itself, and tells for whom', async () => {
  const asked: string[] = [];
  const upstream = await kept(startUpstream());
  const proxy = await kept(
    startTestProxy(
      upstream.url,
      { open: { token } },
      {
        answerOwn: (_, response, target, access) => {
          asked.push(`${target} ${access}`);
          if (target !== '/health') return undefined;
          response.end('well');
          return Promise.resolve();
        },
      },
    ),
  );
  const base = `http://127.0.0.1:${proxy.port}`;
  expect((await send(`${base}/health`)).body.toString()).toBe('well');
  expect((await send(`${base}/v1/models`)).status).toBe(401);
  expect((await send(`${base}/${token}/v1/models`)).status).toBe(200);
  expect(asked).toEqual(['/health none', '/v1/models none', '/v1/models all', '/v1/models content']);
});

test('it drains: what is in flight ends as it should, nothing new is taken', async () => {
  const upstream = await kept(
    startUpstream(({ response, url }) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      if (url === '/held') response.write('one ');
      else response.end('ok');
    }),
  );
  const proxy = await kept(startTestProxy(upstream.url, { open: { token: undefined } }));
  const base = `http://127.0.0.1:${proxy.port}`;
  const agent = new Agent({ keepAlive: true });
  expect((await send(`${base}/idle`, { agent })).status).toBe(200);
  const next = chunksOf(await open(`${base}/held`, { agent: new Agent({ keepAlive: true }) }).reply);
  expect(String(await next())).toBe('one ');
  expect(proxy.running()).toBe(1);
  let isDrained = false;
  const drained = proxy.drain().then(() => {
    isDrained = true;
  });
  await expect(send(`${base}/late`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(isDrained).toBe(false);
  (await upstream.seen(1)).response.end('two');
  expect(String(await next())).toBe('two');
  expect(await next()).toBeUndefined();
  await drained;
  expect(proxy.running()).toBe(0);
  agent.destroy();
});

test('connections beyond the limit are closed, and those within it go on', async () => {
  const { base } = await startOpen(undefined, { mostConnections: 2 });
  const agents = [0, 1].map(() => new Agent({ keepAlive: true }));
  for (const agent of agents) expect((await send(`${base}/x`, { agent })).status).toBe(200);
  await expect(send(`${base}/x`)).rejects.toThrow();
  for (const agent of agents) expect((await send(`${base}/x`, { agent })).status).toBe(200);
  for (const agent of agents) agent.destroy();
});

test('strangers keep no connection: who says nothing, or not all of a head, is let go of, and so is who asks only what everybody may', async () => {
  const upstream = await kept(startUpstream());
  const answerOwn = (_: unknown, response: ServerResponse, target: string) =>
    target === '/health' ? Promise.resolve(void response.end('well')) : undefined;
  const proxy = await kept(startTestProxy(upstream.url, { open: { token }, mostHeadMs: 300 }, { answerOwn }));
  const tooLate = /^HTTP\/1\.1 408 /;
  const silence = () => expect(sendRaw(proxy.port, '')).resolves.toMatch(tooLate);
  await silence();
  expect(await sendRaw(proxy.port, 'GET /x HTTP/1.1\r\nHost: x\r\n')).toMatch(tooLate);
  expect(await sendRaw(proxy.port, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('well');
  expect(await sendRaw(proxy.port, 'POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx')).toContain('well');
  // Who was let in has all the time in the world, within a body and between two requests.
  const socket = connect(proxy.port, '127.0.0.1');
  const answers = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  socket.write(`POST /${token}/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na`);
  await silence();
  socket.write('b');
  expect(String((await answers.next()).value)).toMatch(/^HTTP\/1\.1 200 /);
  await silence();
  socket.write(`GET /${token}/next HTTP/1.1\r\nHost: x\r\n\r\n`);
  await upstream.seen(1);
  expect(upstream.requests.map(({ url }) => url)).toEqual(['/slow', '/next']);
  socket.destroy();
});

test('IPv6 loopback', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, { open: { token: undefined }, host: '::1' }));
  expect((await send(`http://[::1]:${proxy.port}/x`)).status).toBe(200);
  expect((await send(`http://[::1]:${proxy.port}/x`, { headers: { host: `[::1].evil.example` } })).status).toBe(403);
});

test('a content secret opens what is behind it by any name, and nothing else', async () => {
  const contentSecret = 'fedcba9876543210fedcba9876543210';
  const upstream = await kept(startUpstream());
  const answerOwn = (_: unknown, response: ServerResponse, target: string, access: string) => {
    if (access !== 'content') return undefined;
    response.end(`content of ${target}`);
    return Promise.resolve();
  };
  const proxy = await kept(startTestProxy(upstream.url, { open: { token }, contentSecret }, { answerOwn }));
  const ask = (path: string) => send(`http://127.0.0.1:${proxy.port}${path}`, { headers: { host: 'proxy.example' } });
  expect((await ask(`/${contentSecret}/originals/0123456789abcdef`)).body.toString()).toBe('content of /originals/0123456789abcdef');
  expect((await ask('/originals/0123456789abcdef')).status).toBe(401);
  expect((await ask(`/x/${contentSecret}/originals/0123456789abcdef`)).status).toBe(401);
  expect(upstream.requests).toHaveLength(0);
});
