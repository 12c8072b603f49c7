/** Whatever breaks on our side, the original goes through, the record says why, and what went out so stays so. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Pipeline } from '../src/pipeline/pipeline.ts';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { createTestPipeline } from './helpers/loopback-pipeline.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const [a, b, c] = ['alpha', 'beta', 'gamma'].map((name) => numberedFile(name)) as [string, string, string];
const broken = () => {
  throw new Error('out of order\nsecond line');
};

test('a protocol that throws: the original goes', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, {}, { protocols: [{ ...anthropicMessages, read: broken }] }));
  expect((await post(proxy.address, bodyWith([a]))).status).toBe(200);
  expect(upstream.requests[0]?.body.toString()).toBe(bodyWith([a]));
  expect(await proxy.record(0)).toMatchObject({ untouched: 'reading failed: out of order', blocks: [] });
});

test('a usage reader that throws: the reply goes, without usage', async () => {
  const upstream = await kept(startUpstream());
  const createUsageReader = () => ({ event: broken, body: broken, usage: broken });
  const proxy = await kept(startTestProxy(upstream.url, {}, { protocols: [{ ...anthropicMessages, createUsageReader }] }));
  expect((await post(proxy.address, bodyWith([a]))).status).toBe(200);
  expect(await proxy.record(0)).toMatchObject({ outcome: 'answered', usage: undefined });
});

/** The real pipeline, but for one call that goes wrong. */
function failing(call: number, rewrite: Pipeline['rewrite']): Pipeline {
  const pipeline = createTestPipeline();
  let count = -1;
  return {
    ...pipeline,
    *rewriteInSteps(conversation) {
      count += 1;
      return count === call ? rewrite(conversation) : yield* pipeline.rewriteInSteps(conversation);
    },
  };
}

test.each([
  ['throws', broken, 'shrinking failed: out of order'],
  ['names a block that is not there', () => ({ replacements: new Map([[999, 'x']]), records: [], skips: [] }), /^shrinking failed: /],
] as const)('a pipeline that %s: the original goes, and its new blocks stay as they went', async (_, rewrite, reason) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, {}, { createPipeline: () => failing(1, rewrite as Pipeline['rewrite']) }));
  await post(proxy.address, bodyWith([a]));
  await post(proxy.address, bodyWith([a, b]));
  await post(proxy.address, bodyWith([a, b, c]));
  const [first, faulty, next] = upstream.requests.map(({ body }) => resultsIn(body));
  expect(faulty).toEqual([a, b]);
  // The accepted block is as the cache knows it, the one first seen in the fault as it went then.
  expect(next?.slice(0, 2)).toEqual([first?.[0], b]);
  expect(next?.[2]).not.toBe(c);
  const { untouched } = await proxy.record(1);
  expect(untouched).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  expect(proxy.skips).toEqual([{ key: (await proxy.record(2)).blocks[1]?.key, reason: untouched }]);
});

test('a pipeline that cannot be made: originals go, and the skips are told for the next worker', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, {}, { createPipeline: () => Promise.reject(new Error('no encoder')) }));
  for (const files of [[a], [a, b]]) expect((await post(proxy.address, bodyWith(files))).status).toBe(200);
  expect(upstream.requests.map(({ body }) => body.toString())).toEqual([bodyWith([a]), bodyWith([a, b])]);
  expect(await proxy.record(0)).toMatchObject({ untouched: 'shrinking failed: no encoder' });
  const restarted = await kept(startTestProxy(upstream.url, { skips: proxy.skips }));
  await post(restarted.address, bodyWith([a, b, c]));
  expect(resultsIn(upstream.requests[2]!.body).slice(0, 2)).toEqual([a, b]);
});

test.each([
  ['accepts', 200, { accept: broken }],
  ['is asked what it accepted', 400, { isAccepted: broken }],
  ['takes back', 400, { skip: broken }],
] as const)('a pipeline that throws when it %s: the reply that came is the agent’s', async (_, status, calls) => {
  const upstream = await kept(startUpstream(({ response }) => void response.writeHead(status, { 'x-from': 'upstream' }).end('{}')));
  const proxy = await kept(startTestProxy(upstream.url, {}, { createPipeline: () => ({ ...createTestPipeline(), ...calls }) }));
  const answer = await post(proxy.address, bodyWith([a]));
  expect(answer.status).toBe(status);
  expect(answer.reply.headers['x-from']).toBe('upstream');
  expect(upstream.requests).toHaveLength(1);
});

test('skips that the pipeline decides on are told before the request leaves', async () => {
  const order: string[] = [];
  const upstream = await kept(
    startUpstream((seen) => {
      order.push('request');
      seen.response.end('{}');
    }),
  );
  const skips = [{ key: 'k', reason: 'compressor threw' }];
  const createPipeline = () => failing(0, () => ({ replacements: new Map(), decisions: [], records: [], skips }));
  const onSkip = (notices: readonly unknown[]) => void order.push(JSON.stringify(notices));
  const proxy = await kept(startTestProxy(upstream.url, {}, { createPipeline, onSkip }));
  await post(proxy.address, bodyWith([a]));
  expect(order).toEqual([JSON.stringify(skips), 'request']);
});

test('a pipeline that takes its time to be made holds requests back, and shrinks them', async () => {
  let release = (_: Pipeline) => {};
  const made = new Promise<Pipeline>((resolve) => {
    release = resolve;
  });
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url, {}, { createPipeline: () => made }));
  const sent = post(proxy.address, bodyWith([a]));
  const other = await post(proxy.address, 'no JSON');
  expect(other.status).toBe(200);
  expect(upstream.requests).toHaveLength(1);
  release(createTestPipeline());
  await sent;
  expect(resultsIn(upstream.requests[1]!.body)).not.toEqual([a]);
});

test.each([1, 150])('an upstream that hangs up while we are busy for %i ms is called anew', async (milliseconds) => {
  // In a thread of its own, as it must hang up while this one is busy.
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const server = require('node:http').createServer((request, response) => request.resume().on('end', () => response.end('{}')));
    server.on('connection', (socket) => socket.on('close', () => {
      Atomics.store(workerData, 0, 1);
      Atomics.notify(workerData, 0);
    }));
    parentPort.on('message', () => server.closeIdleConnections());
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const hungUp = new Int32Array(new SharedArrayBuffer(4));
  const upstream = new Worker(program, { eval: true, workerData: hungUp });
  const [port] = (await once(upstream, 'message')) as [number];
  const busy = () => {
    upstream.postMessage('hang up');
    Atomics.wait(hungUp, 0, 0);
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
    return { replacements: new Map(), decisions: [], records: [], skips: [] };
  };
  const proxy = await startTestProxy(`http://127.0.0.1:${port}`, {}, { createPipeline: () => failing(1, busy) });
  await post(proxy.address, bodyWith([a]));
  expect((await post(proxy.address, bodyWith([a, b]))).status).toBe(200);
  await proxy.close();
  await upstream.terminate();
});
