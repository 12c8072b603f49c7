/** The reply is a pipe: every chunk as it comes, an end on either side ends the other at once, and whatever the reply holds arrives as it is. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { bodyWith, numberedFile } from './helpers/loopback-bodies.ts';
import { chunksOf, open, send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { secret } from './helpers/loopback-settings.ts';
import { type Seen, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();

const start = `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: { model: 'claude-test', usage: { input_tokens: 4, cache_read_input_tokens: 9, output_tokens: 1 } } })}\n\n`;
const delta = `event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"Grüße, 世界 👩‍💻"}}\n\n`;
const stop = `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":21}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`;

/** Starts a streamed reply and leaves the rest to the test. */
const begin = ({ response }: Seen) => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'r1' });
  response.flushHeaders();
};
const turn = { method: 'POST', body: bodyWith([numberedFile('a')]) };

test.each(['/v1/messages?beta=true', '/v1/unknown'])(
  'head and every chunk of %s reach the agent while the reply is still open',
  async (path) => {
    const upstream = await kept(startUpstream(begin));
    const proxy = await kept(startTestProxy(upstream.url));
    const { reply } = open(proxy.address + path, turn);
    // The head alone: upstream has sent no byte of the body.
    const message = await reply;
    expect(message.statusCode).toBe(200);
    const { response } = await upstream.seen(0);
    const next = chunksOf(message);
    for (const text of [start, delta, ': ping\n\n', stop.slice(0, 30), stop.slice(30)]) {
      response.write(text);
      expect((await next())?.toString()).toBe(text);
    }
    response.end();
    expect(await next()).toBeUndefined();
  },
);

test('a character cut anywhere arrives as it was cut, and usage is read all the same', async () => {
  const upstream = await kept(startUpstream(begin));
  const proxy = await kept(startTestProxy(upstream.url));
  const bytes = Buffer.from(start + delta + stop);
  const { reply } = open(`${proxy.address}/v1/messages`, turn);
  const next = chunksOf(await reply);
  const { response } = await upstream.seen(0);
  const got: Buffer[] = [];
  for (const byte of bytes) {
    response.write(Buffer.from([byte]));
    got.push((await next()) ?? Buffer.alloc(0));
    expect(got.at(-1)).toHaveLength(1);
  }
  response.end();
  expect(await next()).toBeUndefined();
  expect(Buffer.concat(got).equals(bytes)).toBe(true);
  expect((await proxy.record(0)).usage).toMatchObject({ model: 'claude-test', fresh: 4, cacheRead: 9, output: 21 });
});

test.each(['/v1/messages', '/other'])('an agent that leaves mid-stream at %s ends the upstream request at once', async (path) => {
  const upstream = await kept(startUpstream(begin));
  const proxy = await kept(startTestProxy(upstream.url));
  const { request, reply } = open(proxy.address + path, turn);
  const next = chunksOf(await reply);
  const seen = await upstream.seen(0);
  seen.response.write(start);
  await next();
  request.destroy();
  await seen.closed;
  expect(seen.response.writableFinished).toBe(false);
  expect(await proxy.record(0)).toMatchObject({ outcome: 'aborted', status: 200 });
});

test.each(['/v1/messages', '/other'])('an agent that leaves before any reply at %s ends the upstream request at once', async (path) => {
  const upstream = await kept(startUpstream(() => {}));
  const proxy = await kept(startTestProxy(upstream.url));
  const { request } = open(proxy.address + path, turn);
  request.on('error', () => {});
  const seen = await upstream.seen(0);
  request.destroy();
  await seen.closed;
  expect(await proxy.record(0)).toMatchObject({ outcome: 'aborted', status: undefined });
});

test.each(['/v1/messages', '/other'])(
  'an agent that leaves mid-upload at %s is an abort, and upstream does not take half a request for a whole one',
  async (path) => {
    let whole = 0;
    const upstream = await kept(
      startUpstream(() => {
        whole += 1;
      }),
    );
    const proxy = await kept(startTestProxy(upstream.url));
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write(`POST /${secret}${path} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nContent-Length: 1000\r\n\r\n{"half":`);
    if (path === '/other') await upstream.seen(0);
    else await once(socket, 'connect');
    socket.destroy();
    expect(await proxy.record(0)).toMatchObject({ outcome: 'aborted' });
    expect(whole).toBe(0);
  },
);

test('an agent that leaves mid-stream ends the upstream request also after a 100-continue of over 1 MB', async () => {
  const upstream = await kept(startUpstream(begin));
  const proxy = await kept(startTestProxy(upstream.url));
  const body = Buffer.alloc(1_200_000, ' ');
  const { request, reply } = open(`${proxy.address}/v1/messages`, { method: 'POST', headers: { expect: '100-continue' }, body });
  await reply;
  const seen = await upstream.seen(0);
  request.destroy();
  await seen.closed;
  expect(seen.body.length).toBe(body.length);
});

test.each(['/v1/messages', '/other'])(
  'an upstream that dies mid-stream at %s breaks the reply off at once, after what came',
  async (path) => {
    const upstream = await kept(startUpstream(begin));
    const proxy = await kept(startTestProxy(upstream.url));
    const { reply } = open(proxy.address + path, turn);
    const next = chunksOf(await reply);
    const seen = await upstream.seen(0);
    seen.response.write(start);
    expect((await next())?.toString()).toBe(start);
    seen.response.destroy();
    await expect(next()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await proxy.record(0)).toMatchObject({ outcome: 'upstream-failed', status: 200 });
  },
);

test('a reply that is shorter than it said is broken off, not rounded up', async () => {
  const upstream = await kept(
    startUpstream(({ response }) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('short', () => response.destroy());
    }),
  );
  const proxy = await kept(startTestProxy(upstream.url));
  await expect(send(`${proxy.address}/x`)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a reply without a length that is reset is broken off, not taken for whole', async () => {
  const upstream = await kept(
    startUpstream(async ({ request, response }) => {
      const { socket } = request;
      response.detachSocket(socket);
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"half":');
      await arrived;
      socket.resetAndDestroy();
    }),
  );
  const proxy = await kept(startTestProxy(upstream.url));
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const next = chunksOf(await open(`${proxy.address}/v1/messages`, turn).reply);
  expect((await next())?.toString()).toBe('{"half":');
  arrive();
  await expect(next()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await proxy.record(0)).toMatchObject({ outcome: 'upstream-failed', status: 200 });
});

test('a slow agent holds upstream back instead of filling memory', async () => {
  const block = Buffer.alloc(1024 * 1024);
  let written = 0;
  const upstream = await kept(
    startUpstream(({ response }) => {
      const push = () => {
        while (written < 200) {
          written += 1;
          if (!response.write(block)) return void response.once('drain', push);
        }
        response.end();
      };
      push();
    }),
  );
  const proxy = await kept(startTestProxy(upstream.url));
  const message = await open(`${proxy.address}/big`).reply;
  message.pause();
  // Upstream stops when the buffers between are full; a second look finds it where it was.
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(written).toBeLessThan(60);
  let size = 0;
  for await (const chunk of message) size += (chunk as Buffer).length;
  expect(size).toBe(200 * block.length);
});

test('closing the proxy ends what is in flight, frees the port and hands out the records', async () => {
  const upstream = await kept(startUpstream(begin));
  const proxy = await startTestProxy(upstream.url);
  const { reply } = open(`${proxy.address}/v1/messages`, turn);
  const next = chunksOf(await reply);
  const seen = await upstream.seen(0);
  await proxy.close();
  expect(proxy.records).toHaveLength(1);
  await expect(next()).rejects.toThrow();
  await seen.closed;
  const again = await kept(startTestProxy(upstream.url, { port: proxy.port }));
  expect(again.port).toBe(proxy.port);
});

test('a port that is taken is an error at once', async () => {
  const upstream = await kept(startUpstream());
  await expect(startTestProxy(upstream.url, { port: upstream.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
