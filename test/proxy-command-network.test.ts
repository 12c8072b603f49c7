/** The networks that `headroom proxy` stands in: a corporate proxy and authority from its environment, gateways with paths, and IPv6. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMachine, type Machine } from './helpers/launches.ts';
import { bodyWith, numberedFile } from './helpers/loopback-bodies.ts';
import { send } from './helpers/loopback-client.ts';
import { startConnectProxy } from './helpers/loopback-connect.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { answerMessage, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/tls/${name}`, import.meta.url));
const tls = { key: readFileSync(fixture('server-key.pem'), 'utf8'), cert: readFileSync(fixture('server.pem'), 'utf8') };
const body = bodyWith([numberedFile('a')]);
let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

async function startProxy(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const { child, ended } = machine.start(['proxy', '--port', '0', '--quiet', ...args], environment);
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(/http:\S+/.exec(text.toString())?.[0] ?? ''));
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
}

test('a gateway with TLS of the user’s own authority and a path of its own', async () => {
  const upstream = await kept(startUpstream(undefined, tls));
  const base = await startProxy(['--upstream', `anthropic=https://127.0.0.1:${upstream.port}/team/a/`], {
    NODE_EXTRA_CA_CERTS: fixture('ca.pem'),
  });
  for (const [query, results] of [
    ['', []],
    ['?beta=true', [numberedFile('a')]],
  ] as const)
    expect((await send(`${base}/v1/messages${query}`, { method: 'POST', body: bodyWith(results) })).status).toBe(200);
  expect(upstream.requests.map(({ url }) => url)).toEqual(['/team/a/v1/messages', '/team/a/v1/messages?beta=true']);
  expect(upstream.connections()).toBe(1);
  expect(upstream.requests[1]!.body.length).toBeLessThan(body.length);
});

// Loopback is never reached by a corporate proxy, so the upstream has a name that only the proxy knows.
test('the corporate proxy that the environment names, but for what it spares', async () => {
  const corporate = await kept(startConnectProxy('502 Bad Gateway'));
  const environment = { HTTPS_PROXY: `http://127.0.0.1:${corporate.port}`, NO_PROXY: 'spared.invalid' };
  const base = await startProxy(['--upstream', 'https://api.invalid', '--upstream', 'openai=https://spared.invalid'], environment);
  const proxied = await send(`${base}/v1/messages`, { method: 'POST', body });
  expect(proxied.status).toBe(502);
  expect(proxied.body.toString()).toContain(`api.invalid through the proxy 127.0.0.1:${corporate.port}: the proxy answered 502`);
  const direct = await send(`${base}/v1/chat/completions`, { method: 'POST', body: '{}' });
  expect(direct.body.toString()).toMatch(/no reply from spared\.invalid: (its name is not known|the DNS does not answer)/);
  expect(corporate.asked).toEqual(['api.invalid:443']);
});

test('IPv6 on either side', async () => {
  const upstream = createServer((_, response) => response.end('six'));
  const port = await new Promise<number>((resolve) => {
    upstream.listen(0, '::1', () => resolve((upstream.address() as { port: number }).port));
  });
  const base = await startProxy(['--host', '::1', '--upstream', `http://[::1]:${port}`]);
  expect(base).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await send(`${base}/v1/models`)).body.toString()).toBe('six');
  await new Promise((resolve) => upstream.close(resolve));
});

test('connections that upstream closes while they are idle are let go of, and cost no request', async () => {
  const upstream = await kept(
    startUpstream((seen) => {
      // As servers do whose time for idle connections is over.
      seen.response.once('finish', () => setImmediate(() => seen.request.socket.end()));
      answerMessage(seen);
    }),
  );
  const base = await startProxy(['--upstream', upstream.url]);
  for (let count = 0; count < 20; count++) {
    expect((await send(`${base}/v1/messages`, { method: 'POST', body })).status).toBe(200);
    const { socket } = upstream.requests[count]!.request;
    if (!socket.closed) await once(socket, 'close');
  }
  expect(upstream.connections()).toBe(20);
});
