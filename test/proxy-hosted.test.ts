/** The same models elsewhere: Anthropic's on Vertex and Bedrock, bodies that are signed, and endpoints that are nobody's business here. */
import { expect, test } from 'vitest';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { copyReply } from '../src/proxy/events.ts';
import { bodyWith, numberedFile, resultsIn } from './helpers/loopback-bodies.ts';
import { send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const file = numberedFile('a');
const body = JSON.stringify({ ...JSON.parse(bodyWith([file])), model: undefined, anthropic_version: 'vertex-2023-10-16' });
const vertex = '/v1/projects/p/locations/us-east5/publishers/anthropic/models';

test.each([
  [`${vertex}/claude-opus-4-8:rawPredict`, 'turn', 'claude-opus-4-8'],
  [`${vertex}/claude-opus-4-8@20260101:streamRawPredict`, 'turn', 'claude-opus-4-8@20260101'],
  [`${vertex}/count-tokens:rawPredict`, 'count', 'count-tokens'],
  ['/model/us.anthropic.claude-opus-4-8-v1%3A0/invoke', 'turn', 'us.anthropic.claude-opus-4-8-v1%3A0'],
  ['/model/anthropic.claude-opus-4-8/invoke-with-response-stream', 'turn', 'anthropic.claude-opus-4-8'],
  ['/v1/projects/p/locations/us-east5/publishers/mistralai/models/m:rawPredict', undefined, undefined],
  ['/model/anthropic.claude-opus-4-8/converse', undefined, undefined],
  ['/model/anthropic.claude-opus-4-8/converse-stream', undefined, undefined],
  ['/model-invocation-job', undefined, undefined],
])('%s: %s', (path, kind, model) => {
  expect(anthropicMessages.serves('POST', path)).toBe(kind);
  expect(anthropicMessages.modelIn?.(path)).toBe(model);
});

test.each([`${vertex}/claude-opus-4-8:streamRawPredict`, '/model/anthropic.claude-opus-4-8/invoke'])(
  'by a bearer token: %s goes out smaller, and its usage is read',
  async (path) => {
    const upstream = await kept(startUpstream());
    const proxy = await kept(startTestProxy(upstream.url));
    await send(proxy.address + path, { method: 'POST', headers: { authorization: 'Bearer ya29.x' }, body });
    expect(resultsIn(upstream.requests[0]!.body)[0]!.length).toBeLessThan(file.length);
    expect(await proxy.record(0)).toMatchObject({ protocol: 'anthropic-messages', usage: { output: 3 } });
    expect((await proxy.record(0)).model).toBe(path.includes('vertex') ? undefined : /models?\/([^/:]+)/.exec(path)?.[1]);
  },
);

test.each<[string, string, Record<string, string>]>([
  [
    'by AWS',
    '',
    { authorization: 'AWS4-HMAC-SHA256 Credential=AK/20261122/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0' },
  ],
  ['by AWS, in the query', '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0', {}],
  ['by its digest for AWS', '', { 'x-amz-content-sha256': '0' }],
  ['by HTTP', '', { 'Signature-Input': 'sig=("content-digest")', 'content-digest': 'sha-256=:0:' }],
  ['by a digest', '', { Digest: 'SHA-256=0' }],
  ['by an old digest', '', { 'Content-MD5': '0' }],
])('what is signed %s goes as it came, and the record says why', async (_, query, headers) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  await send(`${proxy.address}/model/anthropic.claude-opus-4-8/invoke${query}`, { method: 'POST', headers, body });
  expect(upstream.requests[0]!.body.toString()).toBe(body);
  const [[name = '', value] = []] = Object.entries(headers);
  if (name) expect(upstream.requests[0]!.request.headers[name.toLowerCase()]).toBe(value);
  expect(await proxy.record(0)).toMatchObject({ untouched: 'signed body', blocks: [], usage: { output: 3 }, bytesSent: body.length });
});

/** A stream as Bedrock frames it, with a header and with checksums that nobody here compares. */
function framed(events: readonly unknown[]): Buffer {
  return Buffer.concat(
    events.map((event) => {
      const header = Buffer.from('\u000b:event-type\u0007\u0000\u0005chunk');
      const payload = Buffer.from(JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abc' }));
      const prelude = Buffer.alloc(12);
      prelude.writeUInt32BE(12 + header.length + payload.length + 4, 0);
      prelude.writeUInt32BE(header.length, 4);
      return Buffer.concat([prelude, header, payload, Buffer.alloc(4)]);
    }),
  );
}

const streamed = framed([
  {
    type: 'message_start',
    message: { model: 'claude-opus-4-8', usage: { input_tokens: 12, cache_read_input_tokens: 5600, output_tokens: 1 } },
  },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'é' } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 42 } },
]);
const framedAs = { 'content-type': 'application/vnd.amazon.eventstream' };

test('a stream of Bedrock reaches the client as it is, and its usage is read', async () => {
  const upstream = await kept(startUpstream(({ response }) => void response.writeHead(200, framedAs).end(streamed)));
  const proxy = await kept(startTestProxy(upstream.url));
  const path = '/model/anthropic.claude-opus-4-8/invoke-with-response-stream';
  const reply = await send(proxy.address + path, { method: 'POST', headers: { authorization: 'Bearer x' }, body });
  expect(reply.body.equals(streamed)).toBe(true);
  expect((await proxy.record(0)).usage).toMatchObject({ model: 'claude-opus-4-8', fresh: 12, cacheRead: 5600, output: 42 });
});

test('a stream of Bedrock is read in every cut, and what is none is given up', async () => {
  const read = async (chunks: readonly Buffer[]) => {
    const copy = copyReply(framedAs, anthropicMessages.createUsageReader());
    for (const chunk of chunks) copy.write(chunk);
    return copy.end();
  };
  expect(await read([...streamed].map((byte) => Buffer.from([byte])))).toMatchObject({ fresh: 12, output: 42 });
  expect(await read([streamed.subarray(0, -20)])).toMatchObject({ fresh: 12, output: 1 });
  const nonsense = Buffer.from(streamed);
  nonsense.write('}', streamed.indexOf('{"bytes"'));
  expect(await read([nonsense])).toMatchObject({ output: 42, fresh: 0 });
  const broken = [
    Buffer.alloc(100, 0xff),
    Buffer.alloc(100),
    Buffer.from('no frames at all, and no usage in them'),
    framed([1, null, 'x']),
  ];
  for (const bytes of broken) expect(await read([bytes, bytes])).toBeUndefined();
});

test.each([
  '/v1/messages/batches',
  '/v1/files',
  '/v1/batches',
  '/v1/embeddings',
  '/v1/audio/transcriptions',
  '/v1/images/edits',
  '/v1/moderations',
  '/v1/completions',
  '/v1/responses/r1/cancel',
  '/v1/conversations',
  '/v1beta/models/gemini-3-pro:batchGenerateContent',
  '/v1beta/models/gemini-embedding:embedContent',
  '/v1beta/cachedContents',
  '/upload/v1beta/files',
  '/v1/projects/p/locations/l/publishers/google/models/imagen:predict',
  '/model/anthropic.claude-opus-4-8/converse',
])('%s is untouched, whatever is in it', async (path) => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  await send(proxy.address + path, { method: 'POST', body: bodyWith([file]) });
  expect(upstream.requests[0]!.body.toString()).toBe(bodyWith([file]));
  expect(await proxy.record(0)).toMatchObject({ kind: 'other', protocol: undefined, untouched: 'unknown API' });
});

test('of a chain of responses only what stands in the body is read', async () => {
  const upstream = await kept(startUpstream());
  const proxy = await kept(startTestProxy(upstream.url));
  const output = { type: 'function_call_output', call_id: 'c1', output: file };
  const chained = JSON.stringify({ model: 'gpt-5.2', previous_response_id: 'resp_1', input: [output] });
  await send(`${proxy.address}/v1/responses`, { method: 'POST', body: chained });
  const sent = JSON.parse(upstream.requests[0]!.body.toString()) as { previous_response_id: string; input: { output: string }[] };
  expect(sent).toMatchObject({ previous_response_id: 'resp_1', input: [{ call_id: 'c1' }] });
  expect((await proxy.record(0)).blocks).toHaveLength(1);
});
