/** What crosses the proxy crosses it as it is: methods, paths, headers and bytes, both ways. */
import { type IncomingMessage, request as startRequest } from 'node:http';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { post, send, sendRaw } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { secret } from './helpers/loopback-settings.ts';
import { answerMessage, listen, startRawUpstream, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();

const everyByte = Buffer.from(Array.from({ length: 256 * 40 }, (_, at) => at % 256));

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'M-SEARCH'])(
  '%s with a body passes, byte for byte, both ways',
  async (method) => {
    const upstream = await kept(
      startUpstream(({ response, body }) => {
        response.writeHead(207, 'Many Things', { 'content-length': body.length });
        response.end(body);
      }),
    );
    const proxy = await kept(startTestProxy(upstream.url));
    const framings: Record<string, string>[] = [{ 'content-length': String(everyByte.length) }, { 'transfer-encoding': 'chunked' }];
    for (const headers of framings) {
      const { status, body, reply } = await send(`${proxy.address}/some/path`, { method, headers, body: everyByte });
      expect(status).toBe(207);
      expect(reply.statusMessage).toBe('Many Things');
      expect(body.equals(everyByte)).toBe(true);
      expect(upstream.requests.at(-1)).toMatchObject({ method, url: '/some/path' });
      expect(upstream.requests.at(-1)?.body.equals(everyByte)).toBe(true);
    }
    expect(upstream.requests).toHaveLength(2);
  },
);

test.each(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])('%s without a body stays without one', async (method) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const { status, body } = await send(`${proxy.address}/x`, { method });
  expect(status).toBe(200);
  expect(body.length > 0).toBe(method !== 'HEAD');
  const { headers } = upstream.requests[0]!.request;
  expect(headers['transfer-encoding']).toBeUndefined();
  expect(headers['content-length'] ?? '0').toBe('0');
});

test('HEAD gives the headers that GET would have', async () => {
  const upstream = await kept(startUpstream(({ response }) => void response.writeHead(200, { 'content-length': 1234, etag: 'x' }).end()));
  const proxy = await kept(startTestProxy(upstream.url));
  const { reply } = await send(proxy.address, { method: 'HEAD' });
  expect(reply.headers).toMatchObject({ 'content-length': '1234', etag: 'x' });
  expect(upstream.requests[0]?.url).toBe('/');
});

test.each([
  ['', '/'],
  ['/', '/'],
  ['?a=b', '/?a=b'],
  ['//double//slashes', '//double//slashes'],
  ['/v1/models?x=//&x=http://a//b', '/v1/models?x=//&x=http://a//b'],
  ["/a'b|c{d}^e`f%2F%zz/../g;h?i'j|k", "/a'b|c{d}^e`f%2F%zz/../g;h?i'j|k"],
  ['/back\\slash', '/back\\slash'],
  ['/a?b?c', '/a?b?c'],
])('the path %s arrives as it is', async (path, expected) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const got = await sendRaw(proxy.port, `GET /${secret}${path} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`);
  expect(got).toMatch(/^HTTP\/1\.1 200 /);
  expect(upstream.requests[0]?.url).toBe(expected);
});

test.each(['/gateway/claude', '/gateway/claude/'])('an upstream with the path %s keeps it', async (prefix) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url + prefix));
  await post(proxy.address, '{}');
  expect(upstream.requests[0]?.url).toBe('/gateway/claude/v1/messages');
});

test('request headers keep order, case and number; hop-by-hop ones stay behind', async () => {
  const upstream = await kept(startRawUpstream('HTTP/1.1 204 No Content\r\n\r\n'));
  const proxy = await kept(startTestProxy(upstream.url));
  const kept1 =
    'X-Api-Key: k\r\nanthropic-BETA: a,b\r\nanthropic-BETA: c\r\nX-Empty: \r\nX-Latin: caf\xe9\r\nAuthorization: Bearer t\r\nCookie: a=1';
  const dropped = 'Keep-Alive: timeout=9\r\nProxy-Authorization: Basic x\r\nTE: gzip\r\nProxy-Connection: x\r\nX-Hop: y';
  await sendRaw(
    proxy.port,
    Buffer.from(
      `GET /${secret}/x HTTP/1.1\r\nhOST: 127.0.0.1:${proxy.port}\r\n${kept1}\r\n${dropped}\r\nConnection: close, X-Hop\r\n\r\n`,
      'latin1',
    ),
  );
  expect(upstream.received).toEqual([`GET /x HTTP/1.1\r\nhOST: 127.0.0.1:${upstream.port}\r\n${kept1}\r\nConnection: keep-alive\r\n\r\n`]);
});

test('reply headers keep order, case and number; hop-by-hop ones stay behind', async () => {
  const head =
    'X-One: 1\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\nX-Latin: caf\xe9\r\nRequest-Id: req_1\r\nContent-Length: 2\r\nDate: whenever';
  const hops = 'Keep-Alive: timeout=5\r\nX-Hop: y\r\nConnection: X-Hop, keep-alive\r\nUpgrade: h2';
  const upstream = await kept(startRawUpstream(Buffer.from(`HTTP/1.1 299 Odd \r\n${head}\r\n${hops}\r\n\r\nok`, 'latin1')));
  const proxy = await kept(startTestProxy(upstream.url));
  const got = await sendRaw(proxy.port, `GET /${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`);
  expect(got.replace('299 Odd \r\n', '299 Odd\r\n')).toBe(`HTTP/1.1 299 Odd\r\n${head}\r\nConnection: close\r\n\r\nok`);
});

test('a reply without a date does not get one', async () => {
  const upstream = await kept(startRawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  const proxy = await kept(startTestProxy(upstream.url));
  const got = await sendRaw(proxy.port, `GET /${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`);
  expect(got).toBe('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
});

test('a reply in parts, one that ends with its connection and one with trailers arrive whole', async () => {
  for (const [reply, body] of [
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n', 'abcde'],
    ['HTTP/1.0 200 OK\r\n\r\nabcde', 'abcde'],
    ['HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nTrailer: X-Odd\r\n\r\nok', 'ok'],
    ['HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', ''],
  ] as const) {
    const upstream = await kept(startRawUpstream(reply, reply.includes('HTTP/1.0')));
    const proxy = await kept(startTestProxy(upstream.url));
    const { body: got, reply: message } = await send(`${proxy.address}/x`);
    expect(got.toString()).toBe(body);
    if (reply.includes('X-Sum')) expect(message.rawTrailers).toEqual(['X-Sum', '5']);
  }
});

test('an HTTP/1.0 client gets a reply it understands', async () => {
  const upstream = await kept(startUpstream(({ response }) => void response.end('streamed')));
  const proxy = await kept(startTestProxy(upstream.url));
  const got = await sendRaw(proxy.port, `GET /${secret}/x HTTP/1.0\r\nHost: 127.0.0.1:${proxy.port}\r\n\r\n`);
  expect(got).not.toMatch(/transfer-encoding/i);
  expect(got.endsWith('\r\n\r\nstreamed')).toBe(true);
});

const announced = 'Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n';
test.each([
  ['an HTTP/1.0 client', 'GET', '1.0', `HTTP/1.1 200 OK\r\n${announced}2\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n`],
  ['HEAD', 'HEAD', '1.1', `HTTP/1.1 200 OK\r\n${announced}`],
  ['a 304', 'GET', '1.1', `HTTP/1.1 304 Not Modified\r\n${announced}`],
])('trailers that cannot come are not announced: %s', async (_, method, version, reply) => {
  const upstream = await kept(startRawUpstream(reply));
  const proxy = await kept(startTestProxy(upstream.url));
  const got = await sendRaw(
    proxy.port,
    `${method} /${secret}/x HTTP/${version}\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`,
  );
  expect(got.split('\r\n', 1)[0]).toBe(reply.split('\r\n', 1)[0]);
  expect(got).not.toMatch(/trailer|X-Sum/i);
});

test('request trailers of a stream arrive', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  await sendRaw(
    proxy.port,
    `POST /${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n`,
  );
  expect(upstream.requests[0]?.request.rawTrailers).toEqual(['X-Sum', '3']);
});

test.each(['/v1/messages', '/other'])(
  'a client that waits for 100 Continue at %s is served, and upstream never sees its expectation',
  async (path) => {
    const upstream = await kept(startUpstream());
    const proxy = await kept(startTestProxy(upstream.url));
    const body = Buffer.alloc(1_500_000, 'a');
    const request = startRequest(`${proxy.address}${path}`, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': body.length },
    });
    const reply = new Promise<IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject));
    request.on('continue', () => request.end(body)).flushHeaders();
    expect((await reply).statusCode).toBe(200);
    const seen = upstream.requests.at(-1)!;
    expect(seen.request.headers.expect).toBeUndefined();
    expect(seen.body.length).toBe(body.length);
  },
);

test('a reply that comes before the request is whole is passed on, and the upload goes on', async () => {
  const upstream = await kept(startRawUpstream('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'));
  const proxy = await kept(startTestProxy(upstream.url));
  const { status, body } = await send(`${proxy.address}/upload`, { method: 'POST', body: Buffer.alloc(3_000_000) });
  expect(status).toBe(413);
  expect(body.toString()).toBe('no');
});

test('connections to upstream are kept and used again', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  for (let at = 0; at < 5; at++) await (at % 2 ? post(proxy.address, '{}') : send(`${proxy.address}/x`));
  expect(upstream.requests).toHaveLength(5);
  expect(upstream.connections()).toBe(1);
});

test('a connection on which something comes while it waits for nothing is not used again', async () => {
  const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
  const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket
      .on('error', () => {})
      .on('data', () => {
        socket.write(whole);
        setTimeout(() => socket.writable && socket.write(poison), 20);
      });
  });
  const proxy = await kept(startTestProxy(`http://127.0.0.1:${await listen(server)}`));
  for (let count = 0; count < 3; count++) {
    expect((await send(`${proxy.address}/x`)).body.toString()).toBe('{}');
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  expect(connections).toBe(3);
  server.close();
});

test('accept-encoding loses only what this Node cannot read, and only where the reply is read', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const accepted = 'gzip, deflate, br, zstd';
  await post(proxy.address, '{}', { 'accept-encoding': accepted });
  await send(`${proxy.address}/other`, { headers: { 'accept-encoding': accepted } });
  const readsZstd = 'createZstdDecompress' in (await import('node:zlib'));
  expect(upstream.requests[0]?.request.headers['accept-encoding']).toBe(readsZstd ? accepted : 'gzip, deflate, br');
  expect(upstream.requests[1]?.request.headers['accept-encoding']).toBe(accepted);
});

test('a compressed reply reaches the agent compressed', async () => {
  const zipped = gzipSync('{"usage":{}}');
  const upstream = await kept(
    startUpstream((seen) => {
      seen.response.setHeader('content-encoding', 'gzip');
      seen.response.setHeader('content-type', 'application/json');
      seen.response.end(zipped);
    }),
  );
  const proxy = await kept(startTestProxy(upstream.url));
  const { body, reply } = await post(proxy.address, '{}');
  expect(reply.headers['content-encoding']).toBe('gzip');
  expect(body.equals(zipped)).toBe(true);
});

test('an upstream that is not there is a 502 in the shape of its API, naming it', async () => {
  const gone = await startUpstream();
  await gone.close();
  const proxy = await kept(startTestProxy(gone.url));
  const known = await post(proxy.address, '{}');
  expect(known.status).toBe(502);
  expect(JSON.parse(known.body.toString())).toEqual({
    type: 'error',
    error: { type: 'api_error', message: `Headroom got no reply from 127.0.0.1:${gone.port}: the connection was refused (ECONNREFUSED).` },
  });
  const unknown = await send(`${proxy.address}/other`, { method: 'PUT', body: Buffer.alloc(3_000_000) });
  expect(unknown.status).toBe(502);
  expect(JSON.parse(unknown.body.toString()).error.message).toContain(`127.0.0.1:${gone.port}`);
  expect((await send(`${proxy.address}/other`, { method: 'HEAD' })).status).toBe(502);
  expect(await proxy.record(0)).toMatchObject({ status: 502, outcome: 'upstream-failed' });
});

test('after a 502 the agent’s connection takes the next request, also where the first one’s body was never read', async () => {
  const gone = await startUpstream();
  await gone.close();
  const proxy = await kept(startTestProxy(gone.url));
  const head = (method: string, rest: string) => `${method} /${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n${rest}\r\n\r\n`;
  const upload = head('POST', 'Content-Length: 3000000') + 'u'.repeat(3_000_000);
  const got = await sendRaw(proxy.port, upload + head('GET', 'Connection: close'));
  expect(got.match(/HTTP\/1\.1 502 /g)).toHaveLength(2);
});

test.each([
  ['closes without a word', ''],
  ['does not speak HTTP', 'SSH-2.0-OpenSSH\r\n'],
  ['answers with a status that does not exist', 'HTTP/1.1 007 Bond\r\nContent-Length: 0\r\n\r\n'],
])('an upstream that %s is a 502', async (_, answer) => {
  const upstream = await kept(startRawUpstream(answer, answer === ''));
  const proxy = await kept(startTestProxy(upstream.url));
  const { status, body } = await post(proxy.address, '{}');
  expect(status).toBe(502);
  expect(JSON.parse(body.toString()).error.message).toContain(`127.0.0.1:${upstream.port}`);
});

test.each(['ftp://host', 'nonsense', ''])('the upstream address %j is a Failure before anything listens', async (url) => {
  await expect(startTestProxy(url)).rejects.toMatchObject({ name: 'Failure', code: 'upstream-address' });
});

test('many requests at once keep apart', async () => {
  const upstream = await kept(startUpstream((seen) => (seen.url.startsWith('/v1') ? answerMessage(seen) : seen.response.end(seen.body))));
  const proxy = await kept(startTestProxy(upstream.url));
  const bodies = Array.from({ length: 60 }, (_, at) => String(at).repeat(1 + at * 500));
  const answers = await Promise.all(bodies.map((body, at) => send(`${proxy.address}/echo/${at}`, { method: 'POST', body })));
  expect(answers.map(({ body }) => body.toString())).toEqual(bodies);
});
