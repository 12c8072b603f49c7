/** zstd, by Node or by the library in its place: bodies of any make are read, bombs and broken ones are not, and replies tell their usage. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { copyReply } from '../src/proxy/events.ts';
import { decodeZstd } from '../src/proxy/zstd.ts';
import { bodyWith, numberedFile } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { messageReply, startUpstream } from './helpers/loopback-upstream.ts';
import { repeated, stored } from './helpers/zstd-frames.ts';

const kept = closesAfterEach();
const mebibyte = 1024 * 1024;
const plain = bodyWith([numberedFile('a')]);
/** `plain`, by the command `zstd --check`. */
const compressed = readFileSync(fileURLToPath(new URL('./fixtures/proxy/messages.json.zst', import.meta.url)));

describe('a body', () => {
  test.each<[string, Buffer]>([
    ['as a command compressed it', compressed],
    ['as a stream, of unknown size', stored(Buffer.from(plain))],
    ['in two frames', Buffer.concat([stored(Buffer.from(plain.slice(0, 1000))), stored(Buffer.from(plain.slice(1000)))])],
    ['behind a frame to be skipped', Buffer.concat([Buffer.from('502a4d1804000000', 'hex'), Buffer.from('skip'), compressed])],
  ])('%s is read, and goes plain where it changed', async (_, bytes) => {
    expect(String(await decodeZstd(bytes, mebibyte))).toBe(plain);
    const upstream = await kept(startUpstream());
    const proxy = await kept(startTestProxy(upstream.url));
    await post(proxy.address, plain);
    await post(proxy.address, bytes, { 'content-encoding': 'zstd' });
    const [bare, decoded] = upstream.requests;
    expect(bare!.body.length).toBeLessThan(plain.length);
    expect(decoded!.body.equals(bare!.body)).toBe(true);
    expect(decoded!.request.headers['content-encoding']).toBeUndefined();
  });

  test('with nothing to gain goes exactly as it came', async () => {
    const upstream = await kept(startUpstream());
    const proxy = await kept(startTestProxy(upstream.url));
    const bytes = stored(Buffer.from(bodyWith(['x'])));
    await post(proxy.address, bytes, { 'content-encoding': 'zstd' });
    expect(upstream.requests[0]!.body.equals(bytes)).toBe(true);
    expect(upstream.requests[0]!.request.headers['content-encoding']).toBe('zstd');
  });

  test.each([
    ['of any bytes', (bytes: Buffer) => stored(bytes, 50)],
    ['of one block', (bytes: Buffer) => stored(bytes)],
  ])('%s comes back as it was', async (_, encode) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        expect((await decodeZstd(encode(Buffer.from(bytes)), mebibyte)).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['says its size', repeated(32, 100 * mebibyte, 100 * mebibyte)],
    ['says nothing', repeated(32, 100 * mebibyte)],
    ['lies', repeated(32, 100 * mebibyte, 1000)],
  ])('100 MiB in a small body are not unpacked: it %s', async (_, bomb) => {
    const upstream = await kept(startUpstream());
    const proxy = await kept(startTestProxy(upstream.url));
    await post(proxy.address, bomb, { 'content-encoding': 'zstd' });
    expect(upstream.requests[0]!.body.equals(bomb)).toBe(true);
    expect((await proxy.record(0)).untouched).toMatch(/^(over 64 MiB|broken zstd)$/);
    // And the next one is read as ever.
    await post(proxy.address, compressed, { 'content-encoding': 'zstd' });
    expect(await proxy.record(1)).toMatchObject({ untouched: undefined, bytesReceived: plain.length });
  });

  test('that is broken anywhere is a rejection or what was compressed, never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(compressed.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, change, isCut) => {
        const broken = isCut ? compressed.subarray(0, at) : Buffer.from(compressed);
        if (!isCut) broken[at] = broken[at]! ^ change;
        const read = await decodeZstd(broken, mebibyte).then(String, () => undefined);
        if (read !== undefined) expect(read).toBe(plain);
      }),
      { numRuns: 500 },
    );
  });
});

test('a reply tells its usage', async () => {
  const events = `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: JSON.parse(messageReply) })}\n\n`;
  for (const [type, text] of [
    ['application/json', messageReply],
    ['text/event-stream', events],
  ] as const) {
    const copy = copyReply({ 'content-type': type, 'content-encoding': 'zstd' }, anthropicMessages.createUsageReader());
    for (const byte of stored(Buffer.from(text), 20)) copy.write(Buffer.from([byte]));
    expect(await copy.end()).toMatchObject({ model: 'claude-test', fresh: 11, output: 3 });
  }
  for (const bytes of [compressed.subarray(0, 300), Buffer.from('none'), repeated(32, 20 * mebibyte)]) {
    const copy = copyReply({ 'content-type': 'application/json', 'content-encoding': 'zstd' }, anthropicMessages.createUsageReader());
    copy.write(bytes);
    expect(await copy.end()).toBeUndefined();
  }
});
