/** Other protocols on an upgraded connection pass through; a refused upgrade is an ordinary reply. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { sendRaw } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { secret } from './helpers/loopback-settings.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const asking = (port: number, path: string, protocol = 'websocket') =>
  `GET /${secret}${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: abc\r\n\r\n`;

test.each(['websocket', 'some-protocol/2'])('an upgrade to %s joins the two sockets, early bytes included', async (protocol) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const socket = connect(proxy.port, '127.0.0.1').setEncoding('latin1');
  socket.write(`${asking(proxy.port, '/v1/responses?a=b', protocol)}early `);
  let got = '';
  let look = () => {};
  socket.on('data', (text) => {
    got += text;
    look();
  });
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      look = () => got.includes(text) && resolve();
      look();
    });
  await until('EARLY ');
  socket.write('and late');
  await until('AND LATE');
  expect(got).toBe(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\nX-Path: /v1/responses?a=b\r\n\r\nEARLY AND LATE`,
  );
  socket.destroy();
  expect(await proxy.record(0)).toMatchObject({ status: 101, outcome: 'answered', kind: 'other' });
});

test('what upstream says with its switch arrives, and no protocol of ours looks at such a request', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const socket = connect(proxy.port, '127.0.0.1').setEncoding('latin1');
  socket.write(asking(proxy.port, '/greet/v1/messages').replace('GET', 'POST'));
  let got = '';
  socket.on('data', (text) => {
    got += text;
  });
  await expect.poll(() => got).toMatch(/\r\n\r\nHELLO $/);
  socket.end();
  await once(socket, 'close');
  expect(await proxy.record(0)).toMatchObject({ kind: 'other', path: '/greet/v1/messages', status: 101 });
});

test('an offer of h2c is ignored: the request is an ordinary one, body and connection and all', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const body = bodyWith([numberedFile('a')]);
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n';
  const head = `POST /${secret}/v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nX-Kept: caf\xe9\r\n`;
  const post = `${head}${offer}Content-Length: ${body.length}\r\n\r\n`;
  const chunked = `${head}${offer}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const last = `${head}${offer}Content-Length: 2\r\n\r\n{}`.replace('Connection: Upgrade', 'Connection: close, Upgrade');
  const socket = connect(proxy.port, '127.0.0.1').setEncoding('latin1');
  let got = '';
  socket.on('data', (text) => {
    got += text;
  });
  // The body in two pieces, the second after upstream has seen nothing of the first.
  socket.write(Buffer.from(post + body.slice(0, 100), 'latin1'));
  socket.write(body.slice(100));
  await proxy.record(0);
  socket.write(Buffer.from(chunked, 'latin1'));
  await proxy.record(1);
  socket.write(Buffer.from(last, 'latin1'));
  await once(socket, 'close');
  expect(got.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  expect(upstream.requests).toHaveLength(3);
  expect(resultsIn(upstream.requests[0]!.body)).not.toEqual(resultsIn(body));
  expect(upstream.requests[1]?.body.equals(upstream.requests[0]?.body ?? Buffer.alloc(0))).toBe(true);
  expect(upstream.requests[0]?.request.headers).toMatchObject({ 'x-kept': 'caf\xe9' });
  expect(upstream.requests[0]?.request.headers['http2-settings']).toBeUndefined();
});

test('a refused upgrade reaches the agent as the reply it is', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const got = await sendRaw(proxy.port, asking(proxy.port, '/refuse'));
  expect(got).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\nX-Kept: yes\r\n/);
  expect(got).toContain('never');
  expect(await proxy.record(0)).toMatchObject({ status: 426 });
});

test('where the plan asks for it, an upgrade is answered 426 at once and upstream hears nothing of it', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, { refusesUpgrades: true }));
  const got = await sendRaw(proxy.port, asking(proxy.port, '/v1/responses'));
  expect(got).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
  expect(got.toLowerCase()).toContain('\r\nconnection: close\r\n');
  expect(await proxy.record(0)).toMatchObject({ status: 426, outcome: 'answered', kind: 'other', path: '/v1/responses', usage: undefined });
  const strange = await sendRaw(proxy.port, asking(proxy.port, '/v1/responses').replace(secret, 'f'.repeat(32)));
  expect(strange).toMatch(/^HTTP\/1\.1 403 /);
  // What asks for no other protocol goes upstream as ever.
  const plain = `GET /${secret}/v1/models HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`;
  expect(await sendRaw(proxy.port, plain)).toMatch(/^HTTP\/1\.1 200 /);
  expect(upstream.requests.map(({ request }) => request.url)).toEqual(['/v1/models']);
});

test('an upgrade to an upstream that is not there is a 502', async () => {
  const gone = await startUpstream();
  await gone.close();
  const proxy = await kept(startTestProxy(gone.url));
  expect(await sendRaw(proxy.port, asking(proxy.port, '/x'))).toMatch(/^HTTP\/1\.1 502 [\s\S]*refused/);
});

test('closing the proxy ends upgraded connections too', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await startTestProxy(upstream.url);
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => {}).write(asking(proxy.port, '/x'));
  await once(socket, 'data');
  const closed = once(socket, 'close');
  await proxy.close();
  await closed;
});

test('an upstream that hangs up ends the agent’s upgraded connection', async () => {
  const upstream = await startUpstream();
  const proxy = await kept(startTestProxy(upstream.url));
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => {}).write(asking(proxy.port, '/x'));
  await once(socket, 'data');
  const closed = once(socket, 'close');
  socket.resume();
  await upstream.close();
  await closed;
});

test('where only conversations are kept to HTTP, other protocols for anything else pass', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, { refusesUpgrades: 'conversations' }));
  for (const path of ['/v1/responses', '/backend-api/codex/responses?a=b']) {
    expect(await sendRaw(proxy.port, asking(proxy.port, path))).toMatch(/^HTTP\/1\.1 426 /);
  }
  const socket = connect(proxy.port, '127.0.0.1').setEncoding('latin1');
  socket.write(asking(proxy.port, '/v1/realtime'));
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 101 /);
  socket.destroy();
});
