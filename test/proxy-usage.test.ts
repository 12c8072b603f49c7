/** Usage is read from a copy of the reply, JSON or server-sent events, in every encoding this Node reads; the reply itself is not touched. */
import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import type { UsageReader } from '../src/protocols/protocol.ts';
import { copyReply } from '../src/proxy/events.ts';
import { bodyWith } from './helpers/loopback-bodies.ts';
import { chunksOf, open, post } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { messageReply, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const stream = readFileSync(new URL('./fixtures/proxy/answer.chunks.txt', import.meta.url));
const streamUsage = { model: 'claude-test', fresh: 12, cacheWrite5m: 40, cacheWrite1h: 300, cacheRead: 5600, output: 78 };
const jsonUsage = { model: 'claude-test', fresh: 11, cacheWrite5m: 7, cacheWrite1h: 0, cacheRead: 5, output: 3 };

const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer };
const encodings: [string, (bytes: Buffer) => Buffer][] = [
  ['', (bytes) => bytes],
  ['identity', (bytes) => bytes],
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate', zlib.deflateRawSync],
  ['br', zlib.brotliCompressSync],
  ...(zstdCompressSync ? [['zstd', zstdCompressSync] as [string, (bytes: Buffer) => Buffer]] : []),
];
const kinds = [
  ['text/event-stream; charset=utf-8', stream, streamUsage],
  ['Application/JSON', Buffer.from(messageReply), jsonUsage],
] as const;

test.each(encodings.flatMap(([encoding, encode]) => kinds.map((kind) => [encoding, kind[0], encode, kind] as const)))(
  'in encoding "%s" as %s',
  async (encoding, _, encode, [type, plain, usage]) => {
    const bytes = encode(plain);
    const upstream = await kept(
      startUpstream(({ response }) => {
        response.writeHead(200, { 'content-type': type, ...(encoding ? { 'content-encoding': encoding } : {}) });
        response.end(bytes);
      }),
    );
    const proxy = await kept(startTestProxy(upstream.url));
    const { body } = await post(proxy.address, bodyWith(['x']));
    expect(body.equals(bytes)).toBe(true);
    expect((await proxy.record(0)).usage).toEqual(usage);
  },
);

const copyOf = (type: string, encoding = '', reader: UsageReader = anthropicMessages.createUsageReader()) =>
  copyReply({ 'content-type': type, 'content-encoding': encoding }, reader);

test.each(encodings)('in encoding "%s", cut at every byte and at every line end', async (encoding, encode) => {
  for (const text of [stream.toString(), stream.toString().replaceAll('\n', '\r\n'), stream.toString().replaceAll('\n', '\r')]) {
    const copy = copyOf('text/event-stream', encoding);
    for (const byte of encode(Buffer.from(text))) copy.write(Buffer.from([byte]));
    expect(await copy.end()).toEqual(streamUsage);
  }
});

test('a stream that breaks off gives what had come, in every encoding', async () => {
  const cut = stream.indexOf('event: content_block_start');
  for (const [encoding, flushed] of [
    ['', stream.subarray(0, cut)],
    ['gzip', await flushedBy(zlib.createGzip(), stream.subarray(0, cut))],
    ['br', await flushedBy(zlib.createBrotliCompress(), stream.subarray(0, cut))],
  ] as const) {
    const copy = copyOf('text/event-stream', encoding);
    copy.write(flushed);
    expect(await copy.end()).toMatchObject({ fresh: 12, cacheRead: 5600, output: 1 });
  }
});

function flushedBy(stream: zlib.Gzip | zlib.BrotliCompress, bytes: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    stream.write(bytes);
    stream.flush(() => resolve(Buffer.concat(chunks)));
  });
}

test.each([
  ['no usage in it', 'application/json', '', '{"type":"message"}'],
  ['broken JSON', 'application/json', '', '{"usage":'],
  ['an empty reply', 'application/json', '', ''],
  ['a page of HTML', 'text/html', '', '<html>'],
  ['gzip that is none', 'application/json', 'gzip', messageReply],
  ['an encoding nobody knows', 'application/json', 'dcb', messageReply],
  ['a property for an encoding', 'application/json', '__proto__', messageReply],
  ['two encodings', 'application/json', 'gzip, br', messageReply],
  [
    'binary noise as events',
    'text/event-stream',
    '',
    Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256)).toString('latin1'),
  ],
])('%s gives no usage and no error', async (_, type, encoding, text) => {
  const copy = copyOf(type, encoding);
  copy.write(Buffer.from(text));
  expect(await copy.end()).toBeUndefined();
});

test('a reader that throws does no harm', async () => {
  const broken = () => {
    throw new Error('broken');
  };
  for (const type of ['application/json', 'text/event-stream']) {
    const copy = copyOf(type, '', { event: broken, body: broken, usage: broken });
    copy.write(stream);
    expect(await copy.end()).toBeUndefined();
  }
});

test.each(['application/json', 'text/event-stream'])('an endless %s is given up, not held', async (type) => {
  let longest = 0;
  const measure = (text: string) => {
    longest = Math.max(longest, text.length);
  };
  const copy = copyOf(type, '', { event: measure, body: measure, usage: () => undefined });
  const block = Buffer.alloc(1024 * 1024, 'data: x');
  for (let count = 0; count < 40; count++) copy.write(block);
  await copy.end();
  expect(longest).toBeLessThan(17 * 1024 * 1024);
});

test('a copy that is read more slowly than it comes is given up, not held', async () => {
  const events = Buffer.concat([stream, Buffer.from(`: ${'x'.repeat(1000)}\n`.repeat(40_000))]);
  const bytes = zlib.gzipSync(events, { level: 0 });
  const copy = copyOf('text/event-stream', 'gzip');
  for (let at = 0; at < bytes.length; at += 65536) copy.write(bytes.subarray(at, at + 65536));
  // Nothing was read between: all of it would be waiting.
  expect(await copy.end()).toBeUndefined();
});

test('a bomb in the reply reaches the agent as it is and is not held', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '));
  const upstream = await kept(
    startUpstream(
      ({ response }) => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    ),
  );
  const proxy = await kept(startTestProxy(upstream.url));
  const before = process.memoryUsage().rss;
  const { body } = await post(proxy.address, '{}');
  expect(body.equals(bomb)).toBe(true);
  expect(await proxy.record(0)).toMatchObject({ outcome: 'answered', usage: undefined });
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
});

test('the model of a reply stands in where the request names none', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  await post(proxy.address, 'no JSON');
  expect(await proxy.record(0)).toMatchObject({ model: 'claude-test', usage: jsonUsage });
});

test('usage of an aborted stream is what had come', async () => {
  const upstream = await kept(
    startUpstream(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(stream.subarray(0, 600));
    }),
  );
  const proxy = await kept(startTestProxy(upstream.url));
  const { request, reply } = open(`${proxy.address}/v1/messages`, { method: 'POST', body: '{}' });
  await chunksOf(await reply)();
  request.destroy();
  expect(await proxy.record(0)).toMatchObject({ outcome: 'aborted', usage: { fresh: 12, output: 1 } });
});
