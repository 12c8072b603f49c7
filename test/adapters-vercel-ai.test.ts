/** The adapter for the Vercel AI SDK, with the real SDK and a real provider: what of a request stays, and that loops, streams and retries do. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { APICallError, generateText, jsonSchema, type ModelMessage, stepCountIs, streamText, tool, wrapLanguageModel } from 'ai';
import fc from 'fast-check';
import { HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import type { AdapterOptions } from '../src/adapters/options.ts';
import { compressVercelMessages, headroomMiddleware, withHeadroom } from '../src/adapters/vercel-ai.ts';
import { type Compression, createHeadroom } from '../src/index.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { conversation } from './helpers/conversations.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';
import { messageSpellings, resultTexts, withoutResults } from './helpers/message-spellings.ts';
import { ownFolder } from './helpers/own-folder.ts';
import { recordEach } from './helpers/recording.ts';
import { answerSdk, eventsOf } from './helpers/sdk-cases.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
// It has its say on made-up models and thoughts.
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

const folder = ownFolder();
const recording = recordEach();

const closing = closesAfterEach();
const spell = (messages: readonly unknown[]) =>
  messageSpellings.find(({ format }) => format === 'vercel')!.spell(messages as never) as never as ModelMessage[];
const talk = spell([{ role: 'user', content: 'what is wrong?' }, ask('a'), answer('a')]);
const modelAt = (url: string) => createAnthropic({ apiKey: 'k', baseURL: `${url}/v1` })('claude-test');
const bare = () => modelAt(recording.url);
const ways: [string, (options?: AdapterOptions) => ReturnType<typeof bare>][] = [
  ['headroomMiddleware', (options) => wrapLanguageModel({ model: bare(), middleware: headroomMiddleware({ folder, ...options }) })],
  ['withHeadroom', (options) => withHeadroom(bare(), { folder, ...options })],
];
const messagesIn = (body: string) => (JSON.parse(body) as { messages: unknown[] }).messages;

test.each(ways)('by %s the library makes the messages smaller, and the rest of the body stays to the byte', async (_, wrap) => {
  let shrunk = 0;
  await fc.assert(
    fc.asyncProperty(conversation, async (each) => {
      const messages = spell(each);
      const given = structuredClone(messages);
      recording.sent.length = 0;
      await generateText({ model: bare(), messages });
      await generateText({ model: wrap(), messages });
      expect(messages).toEqual(given);
      const [plain, wrapped] = recording.sent.map(({ body }) => body) as [string, string];
      expect(JSON.stringify(withoutResults([JSON.parse(wrapped)]))).toBe(JSON.stringify(withoutResults([JSON.parse(plain)])));
      const expected = await createHeadroom({ folder }).compress(messages);
      expect(resultTexts(messagesIn(wrapped))).toEqual(resultTexts(expected.messages));
      if (expected.compressed) shrunk++;
      else expect(wrapped).toBe(plain);
    }),
    { numRuns: 15 },
  );
  expect(shrunk).toBeGreaterThan(7);
});

test.each(ways)('by %s a loop of tools extends what it sent, and loses no picture, thinking or mark', async (_, wrap) => {
  const call = (id: string) => ({ type: 'tool_use', id, name: 'logs', input: { from: id } });
  for (const id of ['a', 'b']) {
    const content = [{ type: 'thinking', thinking: 'hm', signature: 's' }, call(id)];
    const usage = { input_tokens: 1, output_tokens: 1 };
    recording.next.push(HttpResponse.json({ id, type: 'message', role: 'assistant', model: 'm', content, usage, stop_reason: 'tool_use' }));
  }
  const image = { type: 'image', image: new Uint8Array([1, 2, 3]), mediaType: 'image/png' } as const;
  const mark = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const;
  const told: Compression<unknown>[] = [];
  await generateText({
    model: wrap({ onCompressed: (compression) => told.push(compression) }),
    system: log,
    messages: [{ role: 'user', content: [{ type: 'text', text: log, providerOptions: mark }, image] }],
    tools: {
      logs: tool({
        inputSchema: jsonSchema<{ from: string }>({ type: 'object', properties: { from: { type: 'string' } } }),
        execute: ({ from }) => log.replaceAll('web', from),
      }),
    },
    stopWhen: stepCountIs(5),
  });
  const sent = recording.sent.map(({ body }) => messagesIn(body));
  expect(sent).toHaveLength(3);
  expect(sent[2]!.slice(0, sent[1]!.length)).toEqual(sent[1]);
  expect(resultTexts(sent[2]!).map((text) => text.includes('not shown'))).toEqual([true, true]);
  const [body = ''] = recording.sent.slice(2).map(({ body }) => body);
  for (const kept of ['"data":"AQID"', '"cache_control":{"type":"ephemeral"}', '"signature":"s"', JSON.stringify(log)])
    expect(body).toContain(kept);
  expect(told.map(({ ccrHashes }) => ccrHashes.length)).toEqual([0, 1, 2]);
});

test('what a tool gave as data becomes a text where that is smaller', async () => {
  const rows = Array.from({ length: 60 }, (_, id) => ({
    id,
    name: `item ${id}`,
    state: 'ready',
    owner: { team: 'shop', region: 'north' },
  }));
  const messages: ModelMessage[] = [
    { role: 'user', content: 'which?' },
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'list', input: {} }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'list', output: { type: 'json', value: rows } }] },
  ];
  await generateText({ model: withHeadroom(bare(), { folder }), messages });
  expect(resultTexts(messagesIn(recording.sent[0]!.body))[0]).toMatch(/^JSON \(compact\) as tab-separated tables/);
  const result = await compressVercelMessages(messages, { folder, profile: 'lossless' });
  expect(result).toMatchObject({ compressed: true, ccrHashes: [] });
  expect(result.messages[0]).toBe(messages[0]);
});

test('no note says that lines stand above where the provider is to clear results', async () => {
  const file = Array.from({ length: 60 }, (_, n) => `const value${n} = compute(${n * 7}, 'name ${n}');`).join('\n');
  const messages = spell([
    { role: 'user', content: 'go' },
    ask('a', 'cat a.ts'),
    answer('a', file),
    ask('b', 'cat a.ts'),
    answer('b', file),
  ]);
  const model = withHeadroom(bare(), { folder });
  await generateText({ model, messages });
  const contextManagement = { edits: [{ type: 'clear_tool_uses_20250919' as const }] };
  await generateText({ model, messages, providerOptions: { anthropic: { contextManagement } } });
  expect(recording.sent.map(({ body }) => body.includes('as above'))).toEqual([true, false]);
});

test.each(ways)('by %s errors, and what is tried again, are as ever', async (_, wrap) => {
  const upstream = await closing(
    startUpstream((seen) => {
      if (upstream.requests.length < 2) seen.response.writeHead(503, { 'retry-after-ms': '1' }).end('{}');
      else if (seen.body.includes('"system"'))
        seen.response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
      else answerSdk(seen);
    }),
  );
  const model =
    wrap === ways[0]![1]
      ? wrapLanguageModel({ model: modelAt(upstream.url), middleware: headroomMiddleware({ folder }) })
      : withHeadroom(modelAt(upstream.url), { folder });
  await generateText({ model, messages: talk, maxRetries: 1 });
  expect(upstream.requests).toHaveLength(2);
  expect(upstream.requests[0]!.body.toString()).toBe(upstream.requests[1]!.body.toString());
  expect(upstream.requests[0]!.body.toString()).toContain('not shown');
  const thrown = await generateText({ model, system: 's', messages: talk, maxRetries: 0 }).catch((error: unknown) => error);
  expect(APICallError.isInstance(thrown)).toBe(true);
  expect(thrown).toMatchObject({ statusCode: 400 });
});

test('a stream gives each part when it comes, and ends at upstream when it is aborted', async () => {
  const upstream = await closing(
    startUpstream(({ url, response }) => {
      // The first letter of the answer, and then nothing.
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(eventsOf(url).slice(0, 3).join(''));
    }),
  );
  const controller = new AbortController();
  const parts: string[] = [];
  const { fullStream } = streamText({
    ...{ model: withHeadroom(modelAt(upstream.url), { folder }), messages: talk },
    ...{ abortSignal: controller.signal, onError: () => {} },
  });
  for await (const part of fullStream) {
    parts.push(part.type);
    if (part.type === 'text-delta') controller.abort();
  }
  expect(parts.at(-1)).toBe('abort');
  await upstream.requests[0]!.closed;
  expect(upstream.requests[0]!.body.toString()).toContain('not shown');
});

test('the model is the one that was given, in all but its calls', async () => {
  const given = bare();
  const wrapped = withHeadroom(given, { folder });
  expect([wrapped.provider, wrapped.modelId, wrapped.specificationVersion]).toEqual([given.provider, given.modelId, 'v3']);
  expect(await wrapped.supportedUrls).toEqual(await given.supportedUrls);
  expect(wrapped).toBeInstanceOf(given.constructor);
  for (const none of [undefined, {}, 'claude-test']) expect(() => withHeadroom(none as never)).toThrow(/no language model/);
  expect(() => withHeadroom(given, { profile: 'tiny' as never })).toThrow(TypeError);
  expect(() => headroomMiddleware({ tokenBudget: -1 })).toThrow(TypeError);
});
