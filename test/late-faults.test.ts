/** A compressor that fails later than it was first asked: what was sent stays as it was sent. */
import { afterEach, expect, test } from 'vitest';
import type { Compressor } from '../src/compressors/compressor.ts';
import { compressors } from '../src/compressors/index.ts';
import { bodyWith, resultsIn } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { answerMessage, startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const throwing: Compressor = {
  kind: 'throwing',
  lever: 'none',
  claim: () => {
    throw new Error('out of luck');
  },
  shrink: () => undefined,
};
const list = compressors as Compressor[];
afterEach(() => {
  if (list[0] === throwing) list.shift();
});

const log = (name: string) =>
  Array.from(
    { length: 120 },
    (_, at) => `2026-01-05T10:00:${String(at % 60).padStart(2, '0')}Z INFO ${name}: GET /items/${at} answered 200`,
  ).join('\n');
/** Results of a command: compressors are asked about them, as they are not about files. */
const bodyOf = (texts: readonly string[]) =>
  bodyWith(texts).replaceAll('"Read","input":{"file_path":"/p/file', '"Bash","input":{"command":"docker logs ');

test('a compressor that throws when what it made is shown once more', async () => {
  const upstream = await kept(startUpstream((seen) => (isRefusing ? void seen.response.writeHead(400).end('{}') : answerMessage(seen))));
  let isRefusing = false;
  const proxy = await kept(startTestProxy(upstream.url));
  const texts = ['web', 'db', 'queue'].map(log);
  await post(proxy.address, bodyOf(texts.slice(0, 1)));
  const before = resultsIn(upstream.requests.at(-1)!.body);
  expect(before).not.toEqual(texts.slice(0, 1));
  // What is taken back makes the conversation's lines be gathered anew.
  isRefusing = true;
  await post(proxy.address, bodyOf(texts.slice(0, 2)));
  isRefusing = false;
  expect((await proxy.record(1)).retried).toBe(true);
  list.unshift(throwing);
  await post(proxy.address, bodyOf(texts));
  expect(resultsIn(upstream.requests.at(-1)!.body).slice(0, 1)).toEqual(before);
  expect(await proxy.record(2)).toMatchObject({ untouched: undefined });
});
