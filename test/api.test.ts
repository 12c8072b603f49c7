/** The HTTP API on a loopback server, asked by what every program has: fetch. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LoopbackApi, startApi } from './helpers/loopback-api.ts';
import { sendRaw } from './helpers/loopback-client.ts';

let api: LoopbackApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

describe('probes', () => {
  test.each([
    ['/livez', { alive: true }],
    ['/readyz', { ready: true }],
    ['/health', { ready: true, config: { optimize: true, cache: false, rate_limit: false } }],
  ])('%s tells that it is well', async (path, fields) => {
    const reply = await fetch(api.url + path);
    const body = (await reply.json()) as object;
    expect(reply.status).toBe(200);
    expect(body).toMatchObject({ service: 'headroom-proxy', status: 'healthy', version: '1.2.3', ...fields });
    expect(body).toMatchObject({ timestamp: expect.stringMatching(/^\d{4}-.*Z$/), uptime_seconds: expect.any(Number) });
  });

  test('tell when it drains', async () => {
    api.drain();
    expect((await fetch(`${api.url}/livez`)).status).toBe(200);
    const ready = await fetch(`${api.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'unhealthy', ready: false });
    expect(await (await fetch(`${api.url}/health`)).json()).toMatchObject({ status: 'unhealthy', ready: false });
  });

  test('answer whoever asks, and tell nothing about settings to those who showed nothing', async () => {
    api.access = 'none';
    const reply = await fetch(`${api.url}/health`);
    expect(reply.status).toBe(200);
    expect(await reply.json()).not.toHaveProperty('config');
  });

  test('are asked by GET alone', async () => {
    const reply = await fetch(`${api.url}/health`, { method: 'POST', body: '{}' });
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

test.each(['/', '/v1/messages', '/health/', '/healthz', '//livez', '/v1/../livez', '/%6civez', '/constructor', '/?/livez'])(
  'what is not its own is left to whoever listens: %s',
  async (target) => {
    const reply = await sendRaw(api.port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 418 /);
  },
);
