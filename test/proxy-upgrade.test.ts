/** Other protocols on an upgraded connection pass through; a refused upgrade is an ordinary reply. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
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

test('a refused upgrade reaches the agent as the reply it is', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const got = await sendRaw(proxy.port, asking(proxy.port, '/refuse'));
  expect(got).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\nX-Kept: yes\r\n/);
  expect(got).toContain('never');
  expect(await proxy.record(0)).toMatchObject({ status: 426 });
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
