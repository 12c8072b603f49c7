/** The content endpoint of the proxy: its own secret and no other, nothing upstream, and a record that claims nothing for an answer nobody took. */
import { afterEach, expect, test } from 'vitest';
import { createToolOutputAnswer } from '../src/launch/tool-output.ts';
import type { AnswerContent } from '../src/proxy/content.ts';
import type { ProxySettings } from '../src/proxy/records.ts';
import { open, send } from './helpers/loopback-client.ts';
import { type LoopbackProxy, startTestProxy } from './helpers/loopback-proxy.ts';
import { secret, settingsFor } from './helpers/loopback-settings.ts';

const contentSecret = 'fedcba9876543210fedcba9876543210';
const nowhere = 'http://127.0.0.1:9';
const text = Array.from({ length: 300 }, (_, at) => `${at + 1}\tconst value${at} = compute(${at * 7});`).join('\n');
const output = { tool: 'read_file', input: { path: 'a.ts' }, texts: ['short', text], bytes: text.length };

let proxy: LoopbackProxy;
afterEach(() => proxy.close());

async function start(answerContent: AnswerContent, changes: Partial<ProxySettings> = {}) {
  proxy = await startTestProxy(nowhere, { contentSecret, ...changes }, { answerContent });
  return `http://127.0.0.1:${proxy.port}/${contentSecret}/tool-output`;
}

const realAnswer = (changes: Partial<ProxySettings> = {}) => createToolOutputAnswer(settingsFor(nowhere, changes), () => {});
const post = (url: string, body: unknown) => send(url, { method: 'POST', body: JSON.stringify(body) });

test('answers each text, the same each time, and records what went by', async () => {
  const url = await start(realAnswer());
  const [first, second] = [await post(url, output), await post(url, output)];
  expect(first.status).toBe(200);
  expect(second.body).toEqual(first.body);
  const { texts } = JSON.parse(first.body.toString()) as { texts: string[] };
  expect(texts[0]).toBeNull();
  expect(texts[1]?.length).toBeLessThan(text.length);
  for (const record of [await proxy.record(0), await proxy.record(1)]) {
    expect(record).toMatchObject({ kind: 'tool-output', outcome: 'answered', path: '/tool-output', bytesReceived: text.length });
    expect(record.blocks.map(({ tool, reason, carried }) => [tool, reason, carried])).toEqual([
      ['read_file', 'small', false],
      ['read_file', 'shrunk', false],
    ]);
    expect(record.bytesSent).toBe(text.length - Buffer.byteLength(text) + Buffer.byteLength(texts[1] ?? ''));
  }
});

test('never refers to anything above', async () => {
  const url = await start(realAnswer());
  const prose = Array.from({ length: 100 }, (_, at) => `line ${at} of a text that comes twice and holds nothing else to shrink`).join('\n');
  const { body } = await post(url, { ...output, tool: 'list', texts: [prose, prose] });
  expect(JSON.parse(body.toString())).toEqual({ texts: [null, null] });
});

test.each(['observe', 'off'] as const)('changes nothing where the launch is told to %s', async (mode) => {
  const url = await start(realAnswer({ mode }));
  expect(JSON.parse((await post(url, output)).body.toString())).toEqual({ texts: [null, null] });
  const { blocks, bytesReceived, bytesSent } = await proxy.record(0);
  expect([blocks.length, bytesSent]).toEqual([mode === 'off' ? 0 : 2, bytesReceived]);
});

test('neither secret opens the other door', async () => {
  const url = await start(realAnswer());
  // The proxy's own: the request goes upstream as any other, and there nobody listens.
  expect((await post(url.replace(contentSecret, secret), output)).status).toBe(502);
  expect((await post(url.replace('tool-output', 'v1/messages'), output)).status).toBe(404);
  expect((await proxy.record(1)).kind).toBe('other');
  expect((await send(url, { method: 'GET' })).status).toBe(404);
});

test('without a content secret there is no door', async () => {
  proxy = await startTestProxy(nowhere, {}, { answerContent: realAnswer() });
  expect((await post(`http://127.0.0.1:${proxy.port}/${contentSecret}/tool-output`, output)).status).toBe(403);
  expect((await post(`http://127.0.0.1:${proxy.port}/undefined/tool-output`, output)).status).toBe(403);
});

test('a refused request does not show the secret in its record', async () => {
  const url = await start(realAnswer());
  expect((await send(url, { method: 'POST', headers: { origin: 'http://x' }, body: '{}' })).status).toBe(403);
  expect(await proxy.record(0)).toMatchObject({ outcome: 'refused', path: '/tool-output' });
});

test('an answer that nobody took is told as nothing removed', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = () => {};
  const asked = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const real = realAnswer();
  const url = await start(async (path, body, pipeline) => {
    begun();
    await held;
    return real(path, body, pipeline);
  });
  const { request } = open(url, { method: 'POST', body: JSON.stringify(output) });
  request.on('error', () => {});
  await asked;
  request.destroy();
  // Until the server has seen it: other requests' answers come after.
  for (let n = 0; n < 3; n++) await send(`${url}/none`, { method: 'GET' });
  release();
  const record = await proxy.record(3);
  expect(record).toMatchObject({
    outcome: 'aborted',
    untouched: 'answered too late',
    blocks: [],
    bytesReceived: text.length,
    bytesSent: text.length,
  });
});

test('whatever throws is a 500, and the next one is answered', async () => {
  const real = realAnswer();
  let count = 0;
  const url = await start((...given) => (count++ === 0 ? Promise.reject(new Error('broken')) : real(...given)));
  expect((await post(url, output)).status).toBe(500);
  expect((await post(url, output)).status).toBe(200);
});
