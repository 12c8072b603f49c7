/** Whatever comes from either side, the proxy lives on: nothing that can be sent to it may end the worker. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyWith, numberedFile } from './helpers/loopback-bodies.ts';
import { send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { secret } from './helpers/loopback-settings.ts';
import { startRawUpstream, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();

/** A text with some of its pieces left out, doubled, cut or replaced by noise. */
function disturbed(pieces: readonly string[]): fc.Arbitrary<string> {
  const noise = fc.constantFrom(
    '',
    '\r\n',
    '\0',
    '\xff\xfe',
    ' ',
    ':',
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 7\r\n',
    'Upgrade: x\r\nConnection: upgrade\r\n',
  );
  const change = fc.record({ at: fc.nat({ max: pieces.length - 1 }), noise, way: fc.constantFrom('drop', 'double', 'insert', 'cut') });
  return fc.array(change, { maxLength: 3 }).map((changes) => {
    const parts = [...pieces];
    for (const { at, noise: text, way } of changes) {
      const part = parts[at] ?? '';
      if (way === 'drop') parts[at] = '';
      if (way === 'double') parts[at] = part + part;
      if (way === 'insert') parts[at] = text + part;
      if (way === 'cut') parts[at] = part.slice(0, part.length / 2);
    }
    return parts.join('');
  });
}

/** Sends, hangs up, and waits for the other side to do so. */
function shout(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.from(text, 'latin1')));
    socket.on('error', () => {}).on('close', () => resolve());
    socket.resume();
  });
}

test('requests of every brokenness', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const body = bodyWith([numberedFile('a', 20)]);
  const pieces = ['POST', ' ', `/${secret}`, '/v1/messages', ' HTTP/1.1\r\n', `Host: 127.0.0.1:${proxy.port}\r\n`];
  pieces.push(
    'Content-Encoding: gzip\r\n',
    'Expect: 100-continue\r\n',
    'Trailer: X\r\n',
    `Content-Length: ${body.length}\r\n`,
    '\r\n',
    body,
  );
  await fc.assert(
    fc.asyncProperty(disturbed(pieces), (text) => shout(proxy.port, text)),
    { numRuns: 300 },
  );
  expect((await send(`${proxy.address}/x`)).status).toBe(200);
});

test('replies of every brokenness', async () => {
  const pieces = ['HTTP/1.1 ', '200', ' OK\r\n', 'Content-Type: text/event-stream\r\n', 'Content-Encoding: gzip\r\n', 'Trailer: X-Sum\r\n'];
  pieces.push('Transfer-Encoding: chunked\r\n', '\r\n', '5\r\n', 'data:', '\r\n', '0\r\n', 'X-Sum: 1\r\n', '\r\n');
  await fc.assert(
    fc.asyncProperty(disturbed(pieces), fc.constantFrom('GET /x', 'HEAD /x', 'POST /v1/messages'), async (reply, what) => {
      const [method = '', path = ''] = what.split(' ');
      const upstream = await startRawUpstream(Buffer.from(reply, 'latin1'), true);
      const proxy = await startTestProxy(upstream.url);
      const answer = await send(proxy.address + path, { method }).then(
        ({ status }) => status,
        (thrown: { code?: string }) => thrown.code ?? 'unknown',
      );
      // A reply, the word that there is none, or a reply that visibly broke off.
      expect(typeof answer === 'number' ? answer >= 200 : /^(ECONNRESET|HPE_)/.test(answer)).toBe(true);
      await proxy.record(0);
      await proxy.close();
      await upstream.close();
    }),
    { numRuns: 150 },
  );
});
