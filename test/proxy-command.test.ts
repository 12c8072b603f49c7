/** `headroom proxy` as a process: ready, reached by base URLs alone, its notes redeemed, its sums kept, and its end. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveProxySettings } from '../src/commands/proxy-settings.ts';
import type { LedgerLine } from '../src/store/ledger.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { createMachine, type Ended, type Machine } from './helpers/launches.ts';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { chunksOf, open, send } from './helpers/loopback-client.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { listen, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const token = 'a-token-of-somebody';
let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

/** A proxy on any free port. `stop`: a signal, and what it left behind. */
async function startProxy(args: readonly string[], environment: Record<string, string> = {}) {
  const { child, ended } = machine.start(['proxy', '--port', '0', ...args], environment);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(text.toString()));
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  const [, base = '', port = ''] = /^headroom proxy: ready at (http:\/\/\S+:(\d+))\n$/.exec(line) ?? [];
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
    child.kill(signal);
    return ended;
  };
  return { child, ended, base, port: Number(port), stop };
}

const cache = (...parts: string[]) => join(machine.home, '.cache', 'headroom', ...parts);
const ledgerLines = () =>
  readdirSync(cache('ledger')).flatMap((name) =>
    readFileSync(cache('ledger', name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LedgerLine),
  );
const bodyOf = (...turns: unknown[]) =>
  JSON.stringify({ model: 'claude-test', messages: [{ role: 'user', content: 'Look.' }, ...turns], max_tokens: 9 });
const bigBody = bodyOf(ask('t1'), answer('t1'));
/** A conversation from its beginning: one that is met with history is left whole for once. */
async function converse(base: string, headers: Record<string, string> = {}): Promise<void> {
  for (const body of [bodyOf(), bigBody]) expect((await send(`${base}/v1/messages`, { method: 'POST', headers, body })).status).toBe(200);
}

test('a request finds its provider by its path, results get smaller, and the ledger and the probes know of it', async () => {
  const [anthropic, openai, gemini] = await Promise.all([0, 1, 2].map(() => kept(startUpstream())));
  const { base, stop } = await startProxy([
    ...['--upstream', `anthropic=${anthropic!.url}`, '--upstream', `openai=${openai!.url}/gateway`, '--upstream', `gemini=${gemini!.url}`],
  ]);
  expect(readdirSync(cache('launches'))).toHaveLength(1);
  const file = numberedFile('a');
  for (const results of [[], [file]])
    expect((await send(`${base}/v1/messages`, { method: 'POST', body: bodyWith(results) })).status).toBe(200);
  expect(resultsIn(anthropic!.requests[1]!.body)[0]!.length).toBeLessThan(file.length);
  await send(`${base}/v1/embeddings`, { method: 'POST', body: '{"input":"x"}' });
  await send(`${base}/v1/models`, { headers: { authorization: 'Bearer sk-1' } });
  expect(openai!.requests.map(({ url }) => url)).toEqual(['/gateway/v1/embeddings', '/gateway/v1/models']);
  await send(`${base}/v1beta/models/gemini-3-pro:countTokens`, { method: 'POST', body: '{}' });
  expect(gemini!.requests.map(({ url }) => url)).toEqual(['/v1beta/models/gemini-3-pro:countTokens']);
  expect((await send(`${base}/health`)).status).toBe(200);
  expect((await send(`${base}/v1/messages`, { headers: { origin: 'http://x' } })).status).toBe(403);

  expect((await machine.run(['stats'])).stdout).toMatch(/^running {2}.*proxy/);
  expect(await stop()).toMatchObject({ code: 0, signal: null });
  expect(existsSync(cache('launches')) ? readdirSync(cache('launches')) : []).toEqual([]);
  const lines = ledgerLines();
  expect(lines.map(({ agent, kind }) => [agent, kind])[0]).toEqual(['proxy', 'turn']);
  expect(lines).toHaveLength(5);
  expect(lines[1]!.first.after).toBeLessThan(lines[1]!.first.before);
  expect((await machine.run(['stats'])).stdout).toContain('running  nothing');
  expect(machine.homeState()).toEqual({});
});

describe('an excerpt', () => {
  const sentTo = async (args: readonly string[], environment: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const upstream = await kept(startUpstream());
    const proxy = await startProxy(['--upstream', upstream.url, ...args], environment);
    await converse(`http://127.0.0.1:${proxy.port}`, headers);
    const [text = ''] = resultsIn(upstream.requests[1]!.body);
    return { proxy, text, way: /not shown, full text: (.*)\]$/.exec(text)?.[1] };
  };

  test('names the file, on loopback', async () => {
    const { way } = await sentTo([]);
    expect(readFileSync(way!, 'utf8')).toBe(log);
  });

  test('names the command, where the owner says so', async () => {
    const { way } = await sentTo(['--recovery', 'command']);
    expect(way).toMatch(/^headroom retrieve [0-9a-f]{16}$/);
    expect((await machine.run(way!.split(' ').slice(1))).stdout).toBe(log);
  });

  test('names an address that opens it, by any name and with its key alone', async () => {
    const key = 'a-key-for-originals';
    const { way, proxy } = await sentTo(
      ['--host', '0.0.0.0', '--recovery', `https://proxy.example/${key}`],
      { HEADROOM_TOKEN: token },
      {
        'x-headroom-token': token,
      },
    );
    expect(way).toMatch(new RegExp(`^https://proxy\\.example/${key}/originals/[0-9a-f]{16}$`));
    const { pathname } = new URL(way!);
    const asked = (path: string) => send(`http://127.0.0.1:${proxy.port}${path}`, { headers: { host: 'proxy.example' } });
    expect((await asked(pathname)).body.toString()).toBe(log);
    expect((await asked(pathname.replace(key, 'another-key-altogether'))).status).toBe(401);
    expect((await asked(pathname.slice(key.length + 1))).status).toBe(401);
  });

  test('is not made where clients may be anywhere and nobody said how they reach it', async () => {
    const { text, proxy } = await sentTo(['--host', '0.0.0.0'], { HEADROOM_TOKEN: token }, { 'x-headroom-token': token });
    expect(text).not.toContain('not shown');
    expect(existsSync(cache('originals'))).toBe(false);
    expect((await proxy.stop()).stderr).toContain('no excerpts, unless --recovery says how');
  });

  test('leaves nothing with --ephemeral', async () => {
    const { way, proxy } = await sentTo(['--ephemeral']);
    expect(readFileSync(way!, 'utf8')).toBe(log);
    await proxy.stop();
    expect(readdirSync(cache())).toEqual(['launches']);
    expect(readdirSync(cache('launches'))).toEqual([]);
  });
});

test('while observing nothing changes and nothing is written but the ledger', async () => {
  const upstream = await kept(startUpstream());
  const { base, stop } = await startProxy(['--upstream', upstream.url, '--observe']);
  await converse(base);
  expect(upstream.requests[1]!.body.toString()).toBe(bigBody);
  await stop();
  const [, line] = ledgerLines();
  expect(line!.first.after).toBeLessThan(line!.first.before);
  expect(existsSync(cache('originals'))).toBe(false);
});

test('bodies that are signed go as they came; it says so once, and --explain of each', async () => {
  const upstream = await kept(startUpstream());
  const explained = join(machine.root, 'e.jsonl');
  const { base, stop } = await startProxy(['--upstream', upstream.url, '--explain', explained]);
  const authorization = 'AWS4-HMAC-SHA256 Credential=AK/20261122/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0';
  const path = '/model/anthropic.claude-opus-5-5/invoke';
  for (const headers of [{ authorization }, { authorization }, { 'content-md5': '0' }] as Record<string, string>[])
    expect((await send(base + path, { method: 'POST', headers, body: bigBody })).status).toBe(200);
  expect(upstream.requests.map(({ body }) => String(body))).toEqual([bigBody, bigBody, bigBody]);
  const { stderr } = await stop();
  expect(stderr.match(/signed/g)).toHaveLength(1);
  expect(stderr).toMatch(/^headroom: a request is signed \(AWS SigV4, a digest\): it goes as it came, and nothing in it is made smaller/m);
  const lines = readFileSync(explained, 'utf8').trimEnd().split('\n');
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told).toMatchObject([1, 2, 3].map((request) => ({ request, decision: 'left', reason: 'signed body', status: 200 })));
});

describe('its end', () => {
  const held = async () => {
    const upstream = await kept(startUpstream(({ response }) => void response.writeHead(200).write('one ')));
    const proxy = await startProxy(['--upstream', upstream.url]);
    const next = chunksOf(await open(`${proxy.base}/held`).reply);
    expect(String(await next())).toBe('one ');
    return { upstream, proxy, next };
  };
  const said = (child: Awaited<ReturnType<typeof startProxy>>['child'], text: string) =>
    new Promise<void>((resolve) => child.stderr?.on('data', (chunk: Buffer) => void (chunk.includes(text) && resolve())));

  test.each(['SIGTERM', 'SIGINT'] as const)('by %s waits for what is in flight, and takes nothing new', async (signal) => {
    const { upstream, proxy, next } = await held();
    const waits = said(proxy.child, '1 request in flight');
    const ended = proxy.stop(signal);
    await waits;
    await expect(send(`${proxy.base}/late`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    upstream.requests[0]!.response.end('two');
    expect(String(await next())).toBe('two');
    expect(await next()).toBeUndefined();
    expect(await ended).toMatchObject({ code: 0, signal: null });
    expect(readdirSync(cache('launches'))).toEqual([]);
  });

  test('a second signal ends it at once, and leaves nothing', async () => {
    const { upstream, proxy, next } = await held();
    const waits = said(proxy.child, '1 request in flight');
    proxy.child.kill('SIGTERM');
    await waits;
    expect(await proxy.stop()).toMatchObject({ code: 0, signal: null });
    await expect(next()).rejects.toThrow();
    await upstream.requests[0]!.closed;
    expect(ledgerLines()).toMatchObject([{ outcome: 'aborted' }]);
    expect(readdirSync(cache('launches'))).toEqual([]);
  });
});

describe('a start that cannot be', () => {
  test('says who has the port, and which one is free', async () => {
    const server = createServer();
    const port = await listen(server);
    const { code, stderr, stdout } = await machine.run(['proxy', '--port', String(port)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const owner = process.platform === 'linux' ? ` by .+ \\(process ${process.pid}\\)` : '';
    expect(stderr).toMatch(new RegExp(`^headroom: Port ${port} is taken${owner}\nFree just now: headroom proxy --port \\d+\n$`));
    expect(readdirSync(cache('launches'))).toEqual([]);
    const [, free] = /--port (\d+)/.exec(stderr) ?? [];
    const second = await startProxy(['--port', free!]);
    expect(second.port).toBe(Number(free));
    const third = await machine.run(['proxy', '--port', free!]);
    if (process.platform === 'linux') expect(third.stderr).toContain('by another `headroom proxy` (process ');
    server.close();
  });

  test.each<[string, readonly string[], Record<string, string>, RegExp]>([
    ['others could use it', ['--host', '0.0.0.0'], {}, /^headroom: --host 0\.0\.0\.0: others .*\nGive them a token: HEADROOM_TOKEN=/],
    ['any address of IPv6', ['--host', '::'], {}, /^headroom: --host ::: others /],
    ['a token that is none', ['--token', 'short'], {}, /^headroom: The token is too short/],
    ['no way to originals', ['--recovery', 'pigeon'], {}, /^headroom: --recovery: there is no way `pigeon`/],
    ['an address without a key', ['--recovery', 'https://proxy.example'], {}, /^headroom: --recovery: the address has no key/],
    ['a port that is none', ['--port', '99999'], {}, /^headroom: --port: `99999` is no port/],
    ['a host that is none', ['--host', '203.0.113.9', '--token', token], {}, /^headroom: Cannot listen on 203\.0\.113\.9, port 8787: /],
    ['an upstream that is none', ['--upstream', 'x'], {}, /^headroom: --upstream: `x` is not an http or https URL/],
  ])('%s', async (_, args, environment, message) => {
    const { code, stdout, stderr } = await machine.run(['proxy', ...args], environment);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('what it chooses', () => {
  test('providers unless told, one for all where told, and others for single APIs', () => {
    const hosts = (upstream: readonly string[], environment = {}) => {
      const { upstream: main, upstreams = {} } = resolveProxySettings({ upstream }, environment).upstreams;
      return [main?.url, Object.entries(upstreams).map(([family, { url }]) => `${family} ${new URL(url).host}`)];
    };
    const [main, usual] = hosts([]);
    expect(main).toBeUndefined();
    expect(usual).toEqual(
      expect.arrayContaining(['anthropic api.anthropic.com', 'openai api.openai.com', 'vertex aiplatform.googleapis.com']),
    );
    expect(hosts([], { AWS_REGION: 'eu-west-1' })[1]).toContain('bedrock bedrock-runtime.eu-west-1.amazonaws.com');
    expect(JSON.stringify(hosts([], { AWS_REGION: 'evil.example/' }))).not.toContain('evil');
    expect(hosts(['http://gateway/x'])).toEqual(['http://gateway/x', []]);
    expect(hosts(['http://gateway/x', 'gemini=http://other/'])).toEqual(['http://gateway/x', ['gemini other']]);
  });

  test('the way through a corporate proxy, upstream by upstream', () => {
    const environment = { HTTPS_PROXY: 'http://corporate:3128', NO_PROXY: 'api.openai.com', NODE_EXTRA_CA_CERTS: '/ca.pem' };
    const { upstreams = {} } = resolveProxySettings({}, environment).upstreams;
    expect(upstreams.anthropic).toMatchObject({ proxyUrl: 'http://corporate:3128', caFiles: ['/ca.pem'] });
    expect(upstreams.openai).toMatchObject({ proxyUrl: undefined });
  });

  test('loopback in every spelling needs no token', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost'])
      expect(resolveProxySettings({ host }, {}).recovery).toBe('path');
    expect(resolveProxySettings({ host: '[::1]' }, {}).host).toBe('::1');
  });
});
