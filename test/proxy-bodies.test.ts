/** What happens to request bodies: changed ones go plain, unchanged ones exactly as they came, whatever their size and encoding. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { post, send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const big = bodyWith([numberedFile('alpha')]);
const small = bodyWith(['1\tone line']);
const mebibyte = 1024 * 1024;

const encodings = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, 'x-gzip': gzipSync, GZIP: gzipSync };
const encoded = [...Object.entries(encodings), ['deflate', deflateRawSync] as const];

test('a body with something to gain goes out smaller, plain and with its own length', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  await post(proxy.address, big);
  const { body, request } = upstream.requests[0]!;
  expect(body.length).toBeLessThan(big.length);
  expect(request.headers).toMatchObject({ 'content-length': String(body.length) });
  expect(request.headers['transfer-encoding']).toBeUndefined();
  expect(resultsIn(body)[0]).not.toBe(numberedFile('alpha'));
  // All but the result is as it came.
  const text = body.toString();
  expect(text.slice(0, text.indexOf('"tool_use_id"'))).toBe(big.slice(0, big.indexOf('"tool_use_id"')));
  expect(text.slice(text.indexOf('"}]}],"system"'))).toBe(big.slice(big.indexOf('"}]}],"system"')));
  const record = await proxy.record(0);
  expect(record).toMatchObject({
    kind: 'turn',
    protocol: 'anthropic-messages',
    model: 'claude-test',
    path: '/v1/messages',
    status: 200,
    outcome: 'answered',
    bytesReceived: big.length,
    bytesSent: body.length,
    untouched: undefined,
    retried: false,
  });
  expect(record.blocks).toHaveLength(1);
  expect(record.blocks[0]?.tokensAfter).toBeLessThan(record.blocks[0]?.tokensBefore ?? 0);
});

test.each(encoded)('a %s body is read, and goes plain where it changed', async (encoding, encode) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  await post(proxy.address, big);
  await post(proxy.address, encode(big), { 'content-encoding': encoding });
  const [plain, decoded] = upstream.requests;
  expect(decoded?.body.equals(plain?.body ?? Buffer.alloc(0))).toBe(true);
  expect(decoded?.request.headers['content-encoding']).toBeUndefined();
  expect(decoded?.request.headers['content-length']).toBe(String(decoded?.body.length));
  expect(await proxy.record(1)).toMatchObject({ bytesReceived: big.length, untouched: undefined });
});

test.each(encoded)('a %s body with nothing to gain goes exactly as it came', async (encoding, encode) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const bytes = encode(small);
  await post(proxy.address, bytes, { 'content-encoding': encoding });
  const { body, request } = upstream.requests[0]!;
  expect(body.equals(bytes)).toBe(true);
  expect(request.headers['content-encoding']).toBe(encoding);
});

const odd = String.raw`{"model":"claude-test","messages":[{"role":"user","content":[{"type":"text","text":"\u00e9"}]}] ,  "n":12345678901234567890, "x":1.0e+2,"t":{"a":1,"a":2}}`;
const untouched: [string, string | Buffer, Record<string, string>, string | undefined][] = [
  ['odd but valid JSON', odd, {}, undefined],
  ['an empty body', '', {}, 'unknown shape'],
  ['no JSON', 'hello', {}, 'unknown shape'],
  ['half a JSON', big.slice(0, -9), {}, 'unknown shape'],
  ['two keys of one name', big.replace('{', '{"messages":[],'), {}, 'unknown shape'],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x7b]), {}, 'unknown shape'],
  ['zstd that is none', Buffer.from('28b52ffd0401', 'hex'), { 'content-encoding': 'zstd' }, 'broken zstd'],
  ['two encodings', gzipSync(gzipSync(big)), { 'content-encoding': 'gzip, gzip' }, 'content-encoding gzip, gzip'],
  ['gzip that is none', 'hello', { 'content-encoding': 'gzip' }, 'broken gzip'],
  ['gzip cut short', gzipSync(big).subarray(0, 200), { 'content-encoding': 'gzip' }, 'broken gzip'],
  ['an encoding named like a property', big, { 'content-encoding': '__proto__' }, 'content-encoding __proto__'],
];
test.each(untouched)('%s goes through exactly as it came, and the record says why', async (_, body, headers, reason) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const { status } = await post(proxy.address, body, headers);
  expect(status).toBe(200);
  expect(upstream.requests).toHaveLength(1);
  expect(upstream.requests[0]?.body.equals(Buffer.from(body))).toBe(true);
  expect(upstream.requests[0]?.request.headers['content-encoding']).toBe(headers['content-encoding']);
  expect((await proxy.record(0)).untouched).toBe(reason);
});

test('100 MiB in a small body are not unpacked', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const bomb = gzipSync(Buffer.alloc(100 * mebibyte, ' '));
  await post(proxy.address, bomb, { 'content-encoding': 'gzip' });
  expect(upstream.requests[0]?.body.equals(bomb)).toBe(true);
  expect((await proxy.record(0)).untouched).toBe('over 64 MiB');
});

test.each([
  ['2 MB', 2 * mebibyte, undefined],
  ['64 MiB', 64 * mebibyte, undefined],
  ['64 MiB and a byte', 64 * mebibyte + 1, 'over 64 MiB'],
  ['70 MiB', 70 * mebibyte, 'over 64 MiB'],
] as const)('a body of %s arrives whole, in one piece and in parts', async (_, size, reason) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const filler = size - bodyWith([numberedFile('alpha')], { filler: '' }).length;
  const body = Buffer.from(bodyWith([numberedFile('alpha')], { filler: 'x'.repeat(filler) }));
  expect(body.length).toBe(size);
  const parts = [body.subarray(0, size - 5), body.subarray(size - 5)];
  for (const sending of [{ headers: { 'content-length': String(size) }, body }, { body: parts }])
    expect((await send(`${proxy.address}/v1/messages`, { method: 'POST', ...sending } as never)).status).toBe(200);
  for (const [at, { body: got }] of upstream.requests.entries()) {
    if (reason) expect(got.equals(body)).toBe(true);
    else expect(resultsIn(got)[0]).not.toBe(numberedFile('alpha'));
    expect(await proxy.record(at)).toMatchObject({ untouched: reason, bytesReceived: size, bytesSent: got.length });
  }
  expect(upstream.requests).toHaveLength(2);
});

test('a result over 4 MiB goes as it came, now and with what follows, and its neighbours go smaller', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const huge = numberedFile('huge', 100_000);
  expect(huge.length).toBeGreaterThan(4 * mebibyte);
  const results = [numberedFile('before'), huge, numberedFile('after')];
  for (const count of [2, 3]) expect((await post(proxy.address, bodyWith(results.slice(0, count)))).status).toBe(200);
  const [first, second] = upstream.requests.map(({ body }) => resultsIn(body));
  expect(second!.slice(0, 2)).toEqual(first);
  expect(second!.map((text, at) => text.length < results[at]!.length)).toEqual([true, false, true]);
  expect(second![1]).toBe(huge);
  expect((await proxy.record(0)).blocks[1]).toMatchObject({ reason: 'over 4 MiB' });
});

test('count_tokens sees the same shrunk text as the turn', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  await send(`${proxy.address}/v1/messages/count_tokens`, { method: 'POST', body: big });
  await post(proxy.address, big);
  const [counted, turn] = upstream.requests;
  expect(counted?.body.equals(turn?.body ?? Buffer.alloc(0))).toBe(true);
  expect(await proxy.record(0)).toMatchObject({ kind: 'count' });
});

test('observe changes nothing and records what it would have', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, { mode: 'observe' }));
  const zipped = gzipSync(big);
  await post(proxy.address, zipped, { 'content-encoding': 'gzip' });
  expect(upstream.requests[0]?.body.equals(zipped)).toBe(true);
  const record = await proxy.record(0);
  expect(record).toMatchObject({ bytesReceived: big.length, bytesSent: big.length, usage: { fresh: 11 } });
  expect(record.blocks[0]?.tokensAfter).toBeLessThan(record.blocks[0]?.tokensBefore ?? 0);
});

test('off is a plain pipe with a meter', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, { mode: 'off' }));
  await post(proxy.address, big);
  expect(upstream.requests[0]?.body.toString()).toBe(big);
  expect(await proxy.record(0)).toMatchObject({
    untouched: 'off',
    blocks: [],
    bytesReceived: big.length,
    model: 'claude-test',
    usage: { fresh: 11, cacheRead: 5 },
  });
});

test('one request is one upstream request, and requests that grow keep their beginning', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const files = ['a', 'b', 'c', 'd'].map((name) => numberedFile(name));
  for (let many = 1; many <= files.length; many++) await post(proxy.address, bodyWith(files.slice(0, many)));
  expect(upstream.requests).toHaveLength(4);
  const sent = upstream.requests.map(({ body }) => resultsIn(body));
  for (const [at, results] of sent.entries()) expect(sent.at(-1)?.slice(0, at + 1)).toEqual(results);
  expect((await proxy.record(3)).blocks.map(({ carried }) => carried)).toEqual([true, true, true, false]);
});
