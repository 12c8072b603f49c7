/** An agent that speaks several APIs: each request goes to the upstream of its own. */
import { expect, test } from 'vitest';
import { startUpstream } from '../src/demo/upstream.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';

const kept = closesAfterEach();
const script = { steps: [{ text: 'Hi' }] };

test('the protocol that serves a request chooses its upstream, else the path, else it is the main one', async () => {
  const [main, anthropic, openai] = await Promise.all([0, 1, 2].map(() => kept(startUpstream({ script }))));
  const reach = (url: string) => ({ url, proxyUrl: undefined, caFiles: [] });
  const upstreams = { anthropic: reach(`${anthropic!.url}/a`), openai: reach(`${openai!.url}/o/`) };
  const proxy = await kept(startTestProxy(main!.url, { upstreams }));
  const paths = [
    '/v1/messages',
    '/v1/messages/count_tokens',
    '/v1/messages/batches',
    '/v1/chat/completions',
    '/v1/embeddings',
    '/v1/models',
    '/x',
  ];
  for (const path of paths) {
    const body = path === '/v1/models' ? undefined : JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
    await (await fetch(proxy.address + path, { method: body ? 'POST' : 'GET', body })).text();
  }
  expect(anthropic!.requests.map(({ path }) => path)).toEqual(paths.slice(0, 3).map((path) => `/a${path}`));
  expect(openai!.requests.map(({ path }) => path)).toEqual(paths.slice(3, 5).map((path) => `/o${path}`));
  expect(main!.requests.map(({ path }) => path)).toEqual(paths.slice(5));
});

test('a name in the path chooses its upstream, whatever the API, and goes no further; a name that nobody has is a path like any other', async () => {
  const [main, lab] = await Promise.all([0, 1].map(() => kept(startUpstream({ script }))));
  const upstreams = { 'lab-1.x': { url: `${lab!.url}/base`, proxyUrl: undefined, caFiles: [] } };
  const proxy = await kept(startTestProxy(main!.url, { upstreams }));
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
  for (const path of ['/@lab-1.x/v1/chat/completions', '/@lab-1.x/v1/messages?beta=1', '/@lab-1.x', '/@other/v1/messages'])
    await (await fetch(proxy.address + path, { method: 'POST', body })).text();
  expect(lab!.requests.map(({ path, query }) => path + query)).toEqual(['/base/v1/chat/completions', '/base/v1/messages?beta=1', '/base/']);
  expect(main!.requests.map(({ path }) => path)).toEqual(['/@other/v1/messages']);
  expect(proxy.records.map(({ protocol, path }) => [protocol, path]).slice(0, 2)).toEqual([
    ['openai-chat', '/v1/chat/completions'],
    ['anthropic-messages', '/v1/messages'],
  ]);
});

test('a failure names the upstream that did not answer, in the shape of the API that was asked', async () => {
  const main = await kept(startUpstream({ script }));
  const gone = await startUpstream({ script });
  await gone.close();
  const upstreams = { openai: { url: gone.url, proxyUrl: undefined, caFiles: [] } };
  const proxy = await kept(startTestProxy(main.url, { upstreams }));
  const reply = await fetch(`${proxy.address}/v1/chat/completions`, { method: 'POST', body: '{"messages":[]}' });
  expect(reply.status).toBe(502);
  expect(await reply.json()).toMatchObject({ error: { message: expect.stringContaining(new URL(gone.url).host), type: 'server_error' } });
});
