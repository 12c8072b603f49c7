/** Who gets in: only the holder of the secret, on this machine, outside a browser. Nobody else reaches upstream or learns anything. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { send, sendRaw } from './helpers/loopback-client.ts';
import { type LoopbackProxy, startTestProxy } from './helpers/loopback-proxy.ts';
import { secret } from './helpers/loopback-settings.ts';
import { type LoopbackUpstream, startUpstream } from './helpers/loopback-upstream.ts';

let upstream: LoopbackUpstream;
let proxy: LoopbackProxy;
beforeAll(async () => {
  upstream = await startUpstream();
  proxy = await startTestProxy(upstream.url);
});
afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

const wrongSecret = secret.replace('0', 'f');
const refused: [string, string, Record<string, string>][] = [
  ['no secret', '/v1/messages', {}],
  ['the bare root', '/', {}],
  ['a wrong secret', `/${wrongSecret}/v1/messages`, {}],
  ['a shorter secret', `/${secret.slice(0, -1)}/v1/messages`, {}],
  ['a longer secret', `/${secret}0/v1/messages`, {}],
  ['the secret in capitals', `/${secret.toUpperCase()}/v1/messages`, {}],
  ['the secret as second segment', `/x/${secret}/v1/messages`, {}],
  ['the secret in the query', `/?${secret}`, {}],
  ['a foreign Host', `/${secret}/v1/messages`, { host: 'evil.example' }],
  ['our address with another port', `/${secret}/v1/messages`, { host: '127.0.0.1:1' }],
  ['an Origin', `/${secret}/v1/messages`, { origin: 'http://localhost' }],
  ['the Origin null', `/${secret}/v1/messages`, { origin: 'null' }],
];

test.each(refused)('%s is refused without detail and without an upstream call', async (_, path, headers) => {
  const before = proxy.records.length;
  const { status, body, reply } = await send(`http://127.0.0.1:${proxy.port}${path}`, { method: 'POST', headers, body: 'secret text' });
  expect(status).toBe(403);
  expect(body.toString()).toBe('Forbidden\n');
  expect(Object.keys(reply.headers).sort()).toEqual(['connection', 'content-type', 'date', 'transfer-encoding']);
  expect(upstream.requests).toHaveLength(0);
  expect(await proxy.record(before)).toMatchObject({ outcome: 'refused', status: 403, bytesSent: 0 });
});

test('a refused request does not show the secret in its record', async () => {
  const before = proxy.records.length;
  await send(`${proxy.address}/v1/messages?q=1`, { headers: { origin: 'http://x' } });
  expect((await proxy.record(before)).path).toBe('/v1/messages');
});

test.each([
  ['two Hosts', `GET /${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.example\r\nConnection: close\r\n\r\n`],
  ['no Host in HTTP/1.0', `GET /${secret}/x HTTP/1.0\r\n\r\n`],
  ['a whole address as target', `GET http://127.0.0.1:PORT/${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n`],
  ['CONNECT', `CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n`],
  [
    'an upgrade without the secret',
    `GET /${wrongSecret}/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ],
  [
    'an upgrade from a page',
    `GET /${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ],
  [
    '100-continue without the secret',
    `POST /${wrongSecret}/x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
  ],
])('%s is refused', async (_, text) => {
  const got = await sendRaw(proxy.port, text.replaceAll('PORT', String(proxy.port)));
  expect(got).toMatch(/^HTTP\/1\.1 403 /);
  expect(got).not.toContain('100 Continue');
  expect(upstream.requests).toHaveLength(0);
});

test('an upgrade pipelined behind another request does no harm', async () => {
  const line = `GET /${secret}/held HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n`;
  await sendRaw(proxy.port, `${line}\r\n${line}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  expect((await send(`${proxy.address}/after`)).status).toBe(200);
});

test('localhost is us, in any case', async () => {
  const { status } = await send(`${proxy.address}/ok`, { headers: { host: `LocalHost:${proxy.port}` } });
  expect(status).toBe(200);
});
