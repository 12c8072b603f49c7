/** The Gemini protocol: which requests are its own, what the chain keys depend on, what it keeps its hands off, and a scripted conversation. */
import { expect, test } from 'vitest';
import type { Block } from '../src/block.ts';
import { startUpstream } from '../src/demo/upstream.ts';
import { createGemini } from '../src/protocols/gemini.ts';
import { createMessageReader } from '../src/protocols/parsed-messages.ts';
import type { WireConversation } from '../src/protocols/protocol.ts';
import { numberedFile } from './helpers/loopback-bodies.ts';
import { send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';

const kept = closesAfterEach();
const user = { role: 'user', parts: [{ text: 'List it' }] };
const call = { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'shell', args: { command: 'ls' } }, thoughtSignature: 's' }] };
const response = { id: 'c1', name: 'shell', response: { output: 'a\nb' } };
const answer = { role: 'user', parts: [{ functionResponse: response }] };
const request = { contents: [user, call, answer], tools: [{ functionDeclarations: [{ name: 'shell' }] }] };

function read(body: unknown, protocol = createGemini()): WireConversation | undefined {
  return protocol.read(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'scope');
}

const keys = (body: unknown) => read(body)?.blocks.map(({ key }) => key);

test.each([
  ['/v1beta/models/gemini-3-pro:generateContent', 'turn', 'gemini-3-pro'],
  ['/v1/models/gemini-3-pro:streamGenerateContent', 'turn', 'gemini-3-pro'],
  ['/v1beta/models/gemini-3-pro:countTokens', 'count', 'gemini-3-pro'],
  ['/v1/projects/p/locations/l/publishers/google/models/gemini-3-pro@001:streamGenerateContent', 'turn', 'gemini-3-pro@001'],
  ['/v1beta/tunedModels/mine:generateContent', 'turn', 'mine'],
  ['/v1/projects/p/locations/l/endpoints/7:generateContent', 'turn', '7'],
  ['/v1internal:streamGenerateContent', 'turn', undefined],
  ['/v1internal:countTokens', 'count', undefined],
  ['/v1beta/models/gemini-3-pro:batchGenerateContent', undefined, 'gemini-3-pro'],
  ['/v1beta/models/gemini-embedding:embedContent', undefined, 'gemini-embedding'],
  ['/v1beta/models/imagen:predict', undefined, 'imagen'],
  ['/v1internal:loadCodeAssist', undefined, undefined],
  ['/v1beta/cachedContents', undefined, undefined],
])('serves %s as %s', (path, kind, model) => {
  expect(createGemini().serves('POST', path)).toBe(kind);
  expect(createGemini().serves('GET', path)).toBeUndefined();
  expect(createGemini().modelIn?.(path)).toBe(model);
});

test.each(Object.entries({ generationConfig: { temperature: 1 }, safetySettings: [], labels: { a: 'b' } }))(
  '%s may come and go without a new past',
  (name, value) => {
    expect(keys({ ...request, [name]: value })).toEqual(keys(request));
    expect(keys({ [name]: value, ...request })).toEqual(keys(request));
  },
);

test.each(Object.entries({ tools: [], systemInstruction: { parts: [{ text: 'x' }] }, system_instruction: {}, cachedContent: 'c' }))(
  '%s is part of the past',
  (name, value) => {
    expect(keys({ ...request, [name]: value })?.[0]).not.toBe(keys(request)?.[0]);
  },
);

test('what Code Assist wraps around changes with every request and is no part of the past, but for the model', () => {
  const wrapped = (more: object, inner: object = {}) => ({ model: 'm', project: 'p', request: { ...request, ...inner }, ...more });
  expect(keys(wrapped({ user_prompt_id: '1' }, { session_id: '1' }))).toEqual(keys(wrapped({ user_prompt_id: '2' })));
  expect(keys(wrapped({ model: 'n' }))?.[0]).not.toBe(keys(wrapped({}))?.[0]);
  expect(keys(wrapped({}, { tools: [] }))?.[0]).not.toBe(keys(wrapped({}))?.[0]);
  expect(read(wrapped({}))?.model).toBe('m');
});

test.each([false, true])(
  'a request that extends an earlier one has its keys, read anew or by what is remembered; wrapped: %s',
  (isWrapped) => {
    const protocol = createGemini();
    const wrap = (body: object) => (isWrapped ? { model: 'm', user_prompt_id: `${JSON.stringify(body).length}`, request: body } : body);
    const longer = { ...request, contents: [...request.contents, call, answer, user], generationConfig: { temperature: 0 } };
    const before = read(wrap(request), protocol)?.blocks.map(({ key }) => key) ?? [];
    const after = read(wrap(longer), protocol)?.blocks.map(({ key }) => key) ?? [];
    expect(before).toHaveLength(3);
    expect(after.slice(0, 3)).toEqual(before);
    expect(after).toEqual(keys(wrap(longer)));
    expect(new Set(after).size).toBe(6);
  },
);

test('without ids a response answers the first call of its name that has none', () => {
  const calls = [1, 2, 1].map((n) => ({ functionCall: { name: 'f', args: { n } } }));
  const answers = ['a', 'b', 'c'].map((output) => ({ functionResponse: { name: 'f', response: { output } } }));
  const contents = [
    user,
    { role: 'model', parts: calls },
    { role: 'user', parts: answers.slice(0, 2) },
    { role: 'user', parts: answers.slice(2) },
    { role: 'model', parts: [{ functionCall: { name: 'f', args: { n: 4 } } }] },
    { role: 'user', parts: answers.slice(0, 1) },
  ];
  const results = read({ contents })?.blocks.filter(({ source }) => source === 'result') ?? [];
  expect(results.map(({ text, call: asked }) => [text, asked?.input])).toEqual([
    ['a', { n: 1 }],
    ['b', { n: 2 }],
    ['c', { n: 1 }],
    ['a', { n: 4 }],
  ]);
});

test('contents that are parsed have the same results, answering the same calls', () => {
  const twice = ['a', 'b'].map((n) => ({ functionCall: { name: 'f', args: { n } } }));
  const odd = { thought: true, text: 'hm' };
  const returned = [
    {
      functionResponse: { name: 'f', response: { content: [{ type: 'text', text: 'one' }, { type: 'image' }], stderr: 'two', status: 1 } },
    },
    { functionResponse: { name: 'f', response: { result: 'three' } } },
    { functionResponse: { name: 'g', response: { output: 'four' } } },
    { functionResponse: { name: 'g' } },
    { text: 'five', functionResponse: { name: 'g', response: { output: 'six' } } },
    { inlineData: { data: 'AA==' } },
  ];
  const contents = [user, call, answer, { role: 'model', parts: [odd, ...twice] }, { role: 'user', parts: returned }, user];
  const reader = createMessageReader('scope');
  const told = ({ source, text, call: asked }: Block) => [source, text, asked?.tool, asked?.input];
  const results = (blocks: readonly Block[] | undefined) => blocks?.filter(({ source }) => source !== 'opaque').map(told);
  expect(results(contents.flatMap((message) => reader.next(message)))).toEqual(results(read({ contents })?.blocks));
});

test('where the model’s turns end and what is new', () => {
  const { opening, turn } = read({ contents: [user, call, answer, call, answer, user] }) ?? {};
  expect({ opening, turn }).toEqual({ opening: 1, turn: 3 });
});

test.each([
  ['members twice in a part', '{"contents":[{"role":"user","parts":[{"text":"a","text":"b"}]}]}'],
  ['parts twice', '{"contents":[{"parts":[],"parts":[]}]}'],
  ['an output twice', '{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"a","output":"b"}}}]}]}'],
  [
    'an output twice, spelled otherwise',
    '{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"a","\\u006futput":"b"}}}]}]}',
  ],
  ['the contents twice', '{"contents":[],"contents":[]}'],
  ['two requests', '{"request":{"contents":[]},"generateContentRequest":{"contents":[]}}'],
  ['a request twice', '{"request":{"contents":[]},"request":{"contents":[]}}'],
  ['the tools twice', '{"contents":[],"tools":[],"tools":[1]}'],
  ['a message that is none', '{"contents":["a"]}'],
  ['contents that are none', '{"contents":{}}'],
  ['no contents', '{"instances":[]}'],
])('%s: hands off', (_, body) => {
  expect(read(body)).toBeUndefined();
});

test.each([
  ['as events', ':streamGenerateContent?alt=sse', false],
  ['as a list in pieces', ':streamGenerateContent', false],
  ['whole', ':generateContent', false],
  ['wrapped, as events', ':streamGenerateContent?alt=sse', true],
])('a reply %s tells its usage, and the result before it goes out smaller', async (_, verb, isWrapped) => {
  const upstream = await kept(startUpstream({ script: { steps: [{ text: 'Done' }] } }));
  const proxy = await kept(startTestProxy(upstream.url));
  const asked = { role: 'model', parts: [{ functionCall: { id: 'r1', name: 'read_file', args: { file_path: '/p/a.ts' } } }] };
  const output = numberedFile('a');
  const returned = { role: 'user', parts: [{ functionResponse: { id: 'r1', name: 'read_file', response: { output } } }] };
  const body = { ...request, contents: [user, asked, returned] };
  const path = isWrapped ? `/v1internal${verb}` : `/v1beta/models/gemini-3-pro${verb}`;
  const sent = JSON.stringify(isWrapped ? { model: 'gemini-3-pro', request: body } : body);
  const { status } = await send(proxy.address + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: sent });
  expect(status).toBe(200);
  const record = await proxy.record(0);
  expect(record).toMatchObject({ protocol: 'gemini', kind: 'turn', model: 'gemini-3-pro', untouched: undefined, outcome: 'answered' });
  expect(record.usage).toMatchObject({ model: 'gemini-3-pro', output: expect.any(Number) });
  expect((record.usage?.fresh ?? 0) + (record.usage?.cacheRead ?? 0)).toBeGreaterThan(100);
  expect(record.bytesSent).toBeLessThan(record.bytesReceived - 100);
});

test('the same conversation with another model has another past: its cache is another one', async () => {
  const upstream = await kept(startUpstream({ script: { steps: [{ text: 'Done' }] } }));
  const proxy = await kept(startTestProxy(upstream.url));
  for (const model of ['gemini-3-pro', 'gemini-3-flash', 'gemini-3-pro'])
    await send(`${proxy.address}/v1beta/models/${model}:generateContent`, { method: 'POST', body: JSON.stringify(request) });
  const [pro, flash, again] = await Promise.all([0, 1, 2].map(async (at) => (await proxy.record(at)).blocks[0]?.key));
  expect(again).toBe(pro);
  expect(flash).not.toBe(pro);
});
