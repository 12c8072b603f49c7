/** Law 6: a 400 after a changed body brings one more request, in which only what a reply has accepted stays changed, and what was taken back stays so. */
import { expect, test } from 'vitest';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { post, send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { answerMessage, type Seen, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const [a, b, c] = ['alpha', 'beta', 'gamma'].map((name) => numberedFile(name)) as [string, string, string];

/** Says 400 to the requests with these numbers. */
const refusing = (...numbers: number[]) => {
  let count = -1;
  return (seen: Seen) => {
    count += 1;
    if (!numbers.includes(count)) return answerMessage(seen);
    seen.response.writeHead(400, { 'content-type': 'application/json', 'x-number': String(count) });
    seen.response.end(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: `no ${count}` } }));
  };
};

test('the originals go once more, and the agent sees only that reply', async () => {
  const upstream = await kept(startUpstream(refusing(0)));
  const proxy = await kept(startTestProxy(upstream.url));
  const body = bodyWith([a, b]);
  const { status } = await post(proxy.address, body);
  expect(status).toBe(200);
  expect(upstream.requests).toHaveLength(2);
  expect(resultsIn(upstream.requests[0]!.body)).not.toEqual([a, b]);
  expect(upstream.requests[1]?.body.toString()).toBe(body);
  const record = await proxy.record(0);
  expect(record).toMatchObject({ retried: true, status: 200, bytesSent: body.length });
  for (const block of record.blocks) {
    expect(block).toMatchObject({ reason: 'upstream said 400', form: undefined, levers: {} });
    expect(block.tokensAfter).toBe(block.tokensBefore);
  }
  expect(proxy.records).toHaveLength(1);
  expect(proxy.skips).toEqual(record.blocks.map(({ key }) => ({ key, reason: 'upstream said 400' })));
});

test('a reply that was set aside gives its connection back', async () => {
  const upstream = await kept(startUpstream(refusing(0, 2, 4)));
  const proxy = await kept(startTestProxy(upstream.url));
  for (const file of [a, b, c]) expect((await post(proxy.address, bodyWith([file]))).status).toBe(200);
  expect(upstream.requests).toHaveLength(6);
  expect(upstream.connections()).toBeLessThanOrEqual(2);
});

test('an original that came compressed goes once more as it came', async () => {
  const { gzipSync } = await import('node:zlib');
  const upstream = await kept(startUpstream(refusing(0)));
  const proxy = await kept(startTestProxy(upstream.url));
  const zipped = gzipSync(bodyWith([a]));
  await post(proxy.address, zipped, { 'content-encoding': 'gzip' });
  expect(upstream.requests[0]?.request.headers['content-encoding']).toBeUndefined();
  expect(upstream.requests[1]?.request.headers['content-encoding']).toBe('gzip');
  expect(upstream.requests[1]?.body.equals(zipped)).toBe(true);
});

test('what was taken back stays as it came, in this conversation and in a new worker', async () => {
  const upstream = await kept(startUpstream(refusing(0)));
  const proxy = await kept(startTestProxy(upstream.url));
  await post(proxy.address, bodyWith([a]));
  await post(proxy.address, bodyWith([a, b]));
  const [, again, grown] = upstream.requests.map(({ body }) => resultsIn(body));
  expect(again).toEqual([a]);
  expect(grown?.[0]).toBe(a);
  expect(grown?.[1]).not.toBe(b);
  const restarted = await kept(startTestProxy(upstream.url, { skips: proxy.skips }));
  await post(restarted.address, bodyWith([a, b]));
  expect(resultsIn(upstream.requests[3]!.body)).toEqual(grown);
});

test('blocks that a reply has accepted stay as they were sent', async () => {
  const upstream = await kept(startUpstream(refusing(1)));
  const proxy = await kept(startTestProxy(upstream.url));
  await post(proxy.address, bodyWith([a]));
  await post(proxy.address, bodyWith([a, b]));
  await post(proxy.address, bodyWith([a, b, c]));
  const [first, refused, retried, next] = upstream.requests.map(({ body }) => resultsIn(body));
  expect(refused?.[0]).toBe(first?.[0]);
  expect(refused?.[1]).not.toBe(b);
  expect(retried).toEqual([first?.[0], b]);
  expect(next?.slice(0, 2)).toEqual(retried);
  expect(next?.[2]).not.toBe(c);
  expect(proxy.skips).toHaveLength(1);
  const { blocks } = await proxy.record(1);
  expect(blocks.map(({ reason }) => reason === 'upstream said 400')).toEqual([false, true]);
});

test('a count is no turn: what it carried is not accepted by it', async () => {
  const upstream = await kept(startUpstream(refusing(1)));
  const proxy = await kept(startTestProxy(upstream.url));
  await send(`${proxy.address}/v1/messages/count_tokens`, { method: 'POST', body: bodyWith([a]) });
  await post(proxy.address, bodyWith([a]));
  expect(resultsIn(upstream.requests[2]!.body)).toEqual([a]);
});

test('with nothing left to take back the 400 is the agent’s', async () => {
  const upstream = await kept(startUpstream(refusing(1)));
  const proxy = await kept(startTestProxy(upstream.url));
  await post(proxy.address, bodyWith([a]));
  const { status, body, reply } = await post(proxy.address, bodyWith([a]));
  expect(status).toBe(400);
  expect(reply.headers['x-number']).toBe('1');
  expect(JSON.parse(body.toString()).error.message).toBe('no 1');
  expect(upstream.requests).toHaveLength(2);
  expect(proxy.skips).toEqual([]);
  expect(await proxy.record(1)).toMatchObject({ status: 400, retried: false });
});

test('a second 400 is the agent’s, and there is no third request', async () => {
  const upstream = await kept(startUpstream(refusing(0, 1)));
  const proxy = await kept(startTestProxy(upstream.url));
  const { status, body } = await post(proxy.address, bodyWith([a]));
  expect(status).toBe(400);
  expect(JSON.parse(body.toString()).error.message).toBe('no 1');
  expect(upstream.requests).toHaveLength(2);
});

test.each([
  ['a body that was not changed', '/v1/messages', bodyWith(['short'])],
  ['an unknown path', '/v1/other', bodyWith([a])],
])('a 400 for %s is passed on at once', async (_, path, body) => {
  const upstream = await kept(startUpstream(refusing(0)));
  const proxy = await kept(startTestProxy(upstream.url));
  expect((await send(proxy.address + path, { method: 'POST', body })).status).toBe(400);
  expect(upstream.requests).toHaveLength(1);
});

test.each([401, 403, 404, 413, 422, 429, 500, 529])('%i is no reason to send again', async (status) => {
  const upstream = await kept(
    startUpstream(({ response }) => void response.writeHead(status, { 'content-type': 'application/json' }).end('{}')),
  );
  const proxy = await kept(startTestProxy(upstream.url));
  expect((await post(proxy.address, bodyWith([a]))).status).toBe(status);
  expect(upstream.requests).toHaveLength(1);
  expect(proxy.pipeline.isAccepted((await proxy.record(0)).blocks[0]!.key)).toBe(false);
});

test('the skips are told before the originals leave', async () => {
  const order: string[] = [];
  const upstream = await kept(
    startUpstream((seen) => {
      order.push(`request ${upstream.requests.length}`);
      refuse(seen);
    }),
  );
  const refuse = refusing(0);
  const proxy = await kept(startTestProxy(upstream.url, {}, { onSkip: () => void order.push('skips') }));
  await post(proxy.address, bodyWith([a]));
  expect(order).toEqual(['request 1', 'skips', 'request 2']);
});
