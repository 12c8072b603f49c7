/** Whose API a path is, and which upstream a proxy without a main one takes for it. */
import { expect, test } from 'vitest';
import { startUpstream } from '../src/demo/upstream.ts';
import { familiesOf, guessFamily, regionOf } from '../src/proxy/api-family.ts';
import { createUpstreams } from '../src/proxy/upstreams.ts';
import { send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { settingsFor } from './helpers/loopback-settings.ts';

const kept = closesAfterEach();

test.each([
  ['/v1/messages', 'anthropic'],
  ['/v1/messages/batches/b1/results', 'anthropic'],
  ['/v1/chat/completions', 'openai'],
  ['/v1/responses/r1/cancel', 'openai'],
  ['/v1/audio/speech', 'openai'],
  ['/backend-api/codex/responses', 'chatgpt'],
  ['/v1beta/models/gemini-3-pro:streamGenerateContent', 'gemini'],
  ['/v1/models/gemini-3-pro:generateContent', 'gemini'],
  ['/v1beta/openai/chat/completions', 'gemini'],
  ['/upload/v1beta/files', 'gemini'],
  ['/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-8:rawPredict', 'vertex'],
  ['/v1beta1/publishers/google/models/gemini-3-pro:streamGenerateContent', 'vertex'],
  ['/v1internal:streamGenerateContent', 'codeassist'],
  ['/model/us.anthropic.claude-opus-4-8-v1%3A0/invoke', 'bedrock'],
  ['/v1/models', undefined],
  ['/v1/files', undefined],
  ['/favicon.ico', undefined],
])('%s is for %s', (path, family) => {
  expect(familiesOf(undefined, path)[0]).toBe(family);
});

test.each<[string, Record<string, string>, string | undefined]>([
  ['/v1/models', { 'anthropic-version': '2023-06-01' }, 'anthropic'],
  ['/', { 'user-agent': 'claude-cli/2.1.330' }, 'anthropic'],
  ['/v1/models', { authorization: 'Bearer sk-1' }, 'openai'],
  ['/anything', { 'x-goog-api-key': 'k' }, 'gemini'],
  ['/v2/anything', { authorization: 'Bearer sk-1' }, undefined],
])('%s with %o is guessed to be for %s', (path, headers, family) => {
  expect(guessFamily(path, headers)).toBe(family);
});

test('a region is one, or nothing of the path reaches the name of a host', () => {
  const upstream = { url: 'https://aiplatform.googleapis.com', proxyUrl: undefined, caFiles: [] };
  const upstreams = createUpstreams({ ...settingsFor('http://x'), upstream: undefined, upstreams: { vertex: upstream } });
  const hostOf = (location: string) => upstreams.choose(undefined, `/v1/projects/p/locations/${location}/x`, {}).host;
  expect(hostOf('us-east5')).toBe('us-east5-aiplatform.googleapis.com');
  for (const location of ['global', 'us', 'evil.example%2F', 'us-east5.evil.example', 'us-east5%00', 'US-EAST5', 'a-b1@evil'])
    expect(hostOf(location)).toBe('aiplatform.googleapis.com');
  for (let at = 0; at < 1000; at++) hostOf(`us-${'abcdefghij'[at % 10]}${'abcdefghij'[Math.floor(at / 10) % 10]}${at % 90}`);
  expect(hostOf('zz-zz9')).toBe('aiplatform.googleapis.com');
  expect(regionOf('/v1/projects/p/locations/us-east5/x')).toBe('us-east5');
});

test('a named one that is not worldwide stays as it is', () => {
  const upstream = { url: 'https://gateway.example/vertex', proxyUrl: undefined, caFiles: [] };
  const upstreams = createUpstreams({ ...settingsFor('http://x'), upstream: undefined, upstreams: { vertex: upstream } });
  expect(upstreams.choose(undefined, '/v1/projects/p/locations/us-east5/x', {}).url).toBe('https://gateway.example/vertex');
});

test('what nobody knows has no reply, and no key of it goes anywhere', async () => {
  const [anthropic, openai] = await Promise.all([0, 1].map(() => kept(startUpstream({ script: { steps: [{ text: 'Hi' }] } }))));
  const reach = (url: string) => ({ url, proxyUrl: undefined, caFiles: [] });
  const upstreams = { anthropic: reach(anthropic!.url), openai: reach(`${openai!.url}/prefix`) };
  const proxy = await kept(startTestProxy('http://nowhere.invalid', { upstream: undefined, upstreams }));
  for (const [path, headers] of [
    ['/v1/models', { 'anthropic-version': '2023-06-01' }],
    ['/v1/models', { authorization: 'Bearer sk-1' }],
  ] as const)
    await send(proxy.address + path, { headers });
  expect(anthropic!.requests.map(({ path }) => path)).toEqual(['/v1/models']);
  expect(openai!.requests.map(({ path }) => path)).toEqual(['/prefix/v1/models']);
  const { status, body } = await send(`${proxy.address}/v2/anything`, { headers: { authorization: 'Bearer sk-1' } });
  expect(status).toBe(502);
  expect(body.toString()).toMatch(/no reply from any upstream: none is known for such a path, `--upstream URL` names one/);
});

test('what is Bedrock’s goes to nobody else where no region is known', async () => {
  const upstream = await kept(startUpstream({ script: { steps: [{ text: 'Hi' }] } }));
  const upstreams = { anthropic: { url: upstream.url, proxyUrl: undefined, caFiles: [] } };
  const proxy = await kept(startTestProxy('http://nowhere.invalid', { upstream: undefined, upstreams }));
  for (const path of ['/model/anthropic.claude-opus-5-5/invoke', '/model/anthropic.claude-opus-5-5/converse']) {
    const headers = { authorization: 'Bearer of-aws', 'anthropic-version': '2023-06-01' };
    const { status, body } = await send(proxy.address + path, { method: 'POST', headers, body: '{"messages":[]}' });
    expect(status).toBe(502);
    expect(body.toString()).toMatch(/no reply from Bedrock: its region is not known, AWS_REGION or `--upstream bedrock=URL` names it\./);
  }
  expect(upstream.requests).toEqual([]);
});
