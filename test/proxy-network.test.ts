/** How the upstream is reached: TLS with the user's own authority, a corporate proxy between, and what is said where that fails. */
import { readFileSync } from 'node:fs';
import * as nodeTls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Upstream } from '../src/proxy/records.ts';
import { bundle } from './helpers/bundle.ts';
import { bodyWith, numberedFile } from './helpers/loopback-bodies.ts';
import { chunksOf, open, post, send } from './helpers/loopback-client.ts';
import { startConnectProxy } from './helpers/loopback-connect.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/tls/${name}`, import.meta.url));
const tls = { key: readFileSync(fixture('server-key.pem'), 'utf8'), cert: readFileSync(fixture('server.pem'), 'utf8') };
const authority = fixture('ca.pem');

/** A proxy of ours before this upstream. */
const before = (url: string, more: Partial<Upstream> = {}) =>
  kept(startTestProxy(url, { upstream: { url, proxyUrl: undefined, caFiles: [authority], ...more } }));
const failureOf = async (address: string) => {
  const { status, body } = await post(address, '{}');
  expect(status).toBe(502);
  return (JSON.parse(body.toString()) as { error: { message: string } }).error.message;
};

test.each(['127.0.0.1', 'localhost'])('TLS to %s with the user’s own authority, on kept connections', async (host) => {
  const upstream = await kept(startUpstream(undefined, tls));
  const proxy = await before(`https://${host}:${upstream.port}/base`);
  for (let count = 0; count < 3; count++) expect((await post(proxy.address, bodyWith([numberedFile('a')]))).status).toBe(200);
  expect(upstream.requests[0]).toMatchObject({ url: '/base/v1/messages' });
  expect(upstream.requests[0]?.request.headers.host).toBe(`${host}:${upstream.port}`);
  expect(upstream.connections()).toBe(1);
});

test('TLS without the authority is refused, and the message says what to set', async () => {
  const upstream = await kept(startUpstream(undefined, tls));
  for (const caFiles of [[], [fixture('missing.pem')], [fixture('server-key.pem')]]) {
    const proxy = await before(upstream.url, { caFiles });
    expect(await failureOf(proxy.address)).toMatch(
      /^Headroom got no reply from 127\.0\.0\.1:\d+: its certificate comes from an unknown authority .*NODE_EXTRA_CA_CERTS/,
    );
  }
  expect(upstream.requests).toHaveLength(0);
});

test.each([
  ['0', '200'],
  ['1', '502'],
])('NODE_TLS_REJECT_UNAUTHORIZED=%s counts as it does for any Node program', async (NODE_TLS_REJECT_UNAUTHORIZED, status) => {
  const upstream = await kept(startUpstream(undefined, tls));
  const program = await kept(bundle('send-once'));
  const { stdout } = await execa(process.execPath, [fileURLToPath(program.file), upstream.url], { env: { NODE_TLS_REJECT_UNAUTHORIZED } });
  expect(stdout).toBe(status);
});

// Node 20 cannot read the machine's store.
test.skipIf(!('getCACertificates' in nodeTls)).each(['127.0.0.1', 'localhost'])(
  'an authority that only the machine knows is found when it is needed: %s',
  async (host) => {
    const upstream = await kept(startUpstream(undefined, tls));
    const program = await kept(bundle('send-once'));
    const { stdout } = await execa(process.execPath, [fileURLToPath(program.file), `https://${host}:${upstream.port}`], {
      env: { SSL_CERT_FILE: authority },
    });
    expect(stdout).toBe('200');
    expect(upstream.requests).toHaveLength(1);
  },
);

test('a certificate for another name is refused', async () => {
  const upstream = await kept(startUpstream(undefined, { ...tls, cert: readFileSync(fixture('other.pem'), 'utf8') }));
  const proxy = await before(upstream.url);
  expect(await failureOf(proxy.address)).toContain("IP: 127.0.0.1 is not in the cert's list");
  expect(upstream.requests).toHaveLength(0);
});

test.each([
  ['https', 'http'],
  ['http', 'http'],
  ['https', 'https'],
])('an %s upstream through an %s proxy with a password: whole, on kept connections, streamed, aborted', async (scheme, proxyScheme) => {
  const upstream = await kept(
    startUpstream(
      (seen) => {
        seen.response.writeHead(200, { 'content-type': 'text/event-stream' });
        seen.response.write('data: one\n\n');
        if (seen.url !== '/v1/held') seen.response.end();
      },
      scheme === 'https' ? tls : undefined,
    ),
  );
  const corporate = await kept(startConnectProxy('200 Connection established', proxyScheme === 'https' ? tls : undefined));
  const proxy = await before(`${scheme}://127.0.0.1:${upstream.port}`, {
    proxyUrl: `${proxyScheme}://us%40er:p%3Ass@127.0.0.1:${corporate.port}`,
  });
  const body = bodyWith([numberedFile('a')]);
  for (let count = 0; count < 3; count++) expect((await post(proxy.address, body)).body.toString()).toBe('data: one\n\n');
  const { request, reply } = open(`${proxy.address}/v1/held`, { method: 'POST', body });
  expect((await chunksOf(await reply)())?.toString()).toBe('data: one\n\n');
  request.destroy();
  await (await upstream.seen(3)).closed;
  expect(corporate.asked).toEqual([`127.0.0.1:${upstream.port}`]);
  expect(corporate.headers[0]?.['proxy-authorization']).toBe(`Basic ${Buffer.from('us@er:p:ss').toString('base64')}`);
  expect(upstream.requests[0]?.request.headers['proxy-authorization']).toBeUndefined();
});

test('a corporate proxy that refuses is a 502 that names both, not its page and not its password', async () => {
  const corporate = await kept(startConnectProxy('407 Proxy Authentication Required'));
  const proxy = await before('https://api.example', { proxyUrl: `http://user:hush@127.0.0.1:${corporate.port}` });
  const message = await failureOf(proxy.address);
  expect(message).toBe(`Headroom got no reply from api.example through the proxy 127.0.0.1:${corporate.port}: the proxy answered 407.`);
});

test('a corporate proxy that is not there is a 502 that names it', async () => {
  const gone = await startConnectProxy();
  await gone.close();
  const proxy = await before('https://api.example', { proxyUrl: `http://127.0.0.1:${gone.port}` });
  expect(await failureOf(proxy.address)).toContain(`through the proxy 127.0.0.1:${gone.port}: the connection was refused`);
});

test('an agent that leaves while the corporate proxy keeps us waiting is an abort', async () => {
  const corporate = await kept(startConnectProxy(''));
  const proxy = await before('https://api.example', { proxyUrl: `http://127.0.0.1:${corporate.port}` });
  const { request, reply } = open(`${proxy.address}/v1/messages`, { method: 'POST', body: '{}' });
  const ended = reply.catch(() => 'gone');
  await expect.poll(() => corporate.asked.length).toBe(1);
  request.destroy();
  expect(await ended).toBe('gone');
  expect(await proxy.record(0)).toMatchObject({ outcome: 'aborted' });
  await expect.poll(() => corporate.connections()).toBe(0);
});

test.each([['socks5://127.0.0.1:1080'], ['nonsense']])(
  'the corporate proxy %s is a Failure that keeps its text to itself',
  async (proxyUrl) => {
    await expect(before('https://api.example', { proxyUrl })).rejects.toMatchObject({ name: 'Failure', code: 'proxy-address' });
    await expect(before('https://api.example', { proxyUrl })).rejects.not.toThrow(/127/);
  },
);

test('a name that does not exist is a 502 in plain words', async () => {
  const proxy = await before('http://nowhere.invalid');
  expect(await failureOf(proxy.address)).toMatch(/nowhere\.invalid: (its name is not known to the DNS|the DNS does not answer)/);
  expect((await send(`${proxy.address}/x`)).status).toBe(502);
});
