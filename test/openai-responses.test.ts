/** The Responses protocol: which requests are its own, what the chain keys depend on, and what it keeps its hands off. */
import { expect, test } from 'vitest';
import { createOpenaiResponses } from '../src/protocols/openai-responses.ts';
import type { WireConversation } from '../src/protocols/protocol.ts';

const call = { type: 'function_call', call_id: 'c1', name: 'exec_command', arguments: '{"cmd":"ls"}' };
const output = { type: 'function_call_output', call_id: 'c1', output: 'a\nb' };
const user = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'List it' }] };
const request = { model: 'gpt-5.2', input: [user, call, output], tools: [{ type: 'function', name: 'exec_command' }] };

function read(body: unknown, protocol = createOpenaiResponses()): WireConversation | undefined {
  return protocol.read(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'scope');
}

const keys = (body: unknown) => read(body)?.blocks.map(({ key }) => key);

test.each([
  ['/v1/responses', 'turn'],
  ['/backend-api/codex/responses', 'turn'],
  ['/responses', 'turn'],
  ['/v1/responses/compact', 'turn'],
  ['/v1/responses/input_tokens', 'count'],
  ['/v1/responses/resp_1', undefined],
  ['/v1/responses/resp_1/cancel', undefined],
])('serves %s as %s', (path, kind) => {
  expect(createOpenaiResponses().serves('POST', path)).toBe(kind);
  expect(createOpenaiResponses().serves('GET', path)).toBeUndefined();
});

test.each(
  Object.entries({
    stream: true,
    store: false,
    include: ['x'],
    client_metadata: { turn_id: '2' },
    max_output_tokens: 9,
    user: 'u',
    service_tier: 'flex',
    prompt_cache_key: 'k',
    reasoning: { effort: 'low' },
  }),
)('%s may come and go without a new past', (name, value) => {
  expect(keys({ ...request, [name]: value })).toEqual(keys(request));
});

test.each(
  Object.entries({
    model: 'gpt-5',
    tools: [],
    instructions: 'Be brief',
  }),
)('%s is part of the past', (name, value) => {
  const [first] = keys(request) ?? [];
  expect(keys({ ...request, [name]: value })?.[0]).not.toBe(first);
});

test('a request that extends an earlier one has its keys, read anew or by what is remembered', () => {
  const protocol = createOpenaiResponses();
  const longer = {
    ...request,
    input: [...request.input, { ...call, call_id: 'c2' }, { ...output, call_id: 'c2', output: 'c' }],
    client_metadata: { turn_id: '2' },
  };
  const before = read(request, protocol)?.blocks.map(({ key }) => key) ?? [];
  const after = read(longer, protocol)?.blocks.map(({ key }) => key) ?? [];
  expect(before).toHaveLength(3);
  expect(after.slice(0, 3)).toEqual(before);
  expect(after).toEqual(keys(longer));
  expect(new Set(after).size).toBe(5);
});

test('a past that differs in anything that the model sees has other keys from there on', () => {
  const [first, second, third] = keys(request) ?? [];
  for (const other of [
    { ...call, arguments: '{"cmd":"ls "}' },
    { ...call, id: 'fc_1' },
    { type: 'reasoning', encrypted_content: 'x', ...{ call_id: 'c1' } },
  ]) {
    const found = keys({ ...request, input: [user, other, output] }) ?? [];
    expect(found[0]).toBe(first);
    expect(found[1]).not.toBe(second);
    expect(found[2]).not.toBe(third);
  }
});

test('a result knows its call, and is none without its own type', () => {
  const blocks = read({
    ...request,
    input: [user, call, output, { ...output, type: 'computer_call_output' }, { type: 'message', output: 'x' }],
  })?.blocks;
  expect(blocks?.map(({ source }) => source)).toEqual(['said', 'call', 'result', 'opaque', 'opaque']);
  expect(blocks?.[2]?.call).toMatchObject({ tool: 'exec_command', input: { cmd: 'ls' } });
});

test.each([
  ['members twice in an item', '{"model":"m","input":[{"type":"function_call_output","call_id":"c","output":"a","output":"b"}]}'],
  ['members twice in a part', '{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"a","text":"b"}]}]}'],
  ['the input twice', '{"model":"m","input":[],"input":"a"}'],
  ['an item that is none', '{"model":"m","input":["a"]}'],
  ['an input that is none', '{"model":"m","input":{}}'],
  ['no input', '{"model":"m","messages":[]}'],
])('hands off: %s', (_, body) => {
  expect(read(body)).toBeUndefined();
});

test.each([
  [{ truncation: 'auto' }, false],
  [{ truncation: 'disabled' }, true],
  [{ truncation: null, context_management: null }, true],
  [{ context_management: [{ type: 'compaction' }] }, false],
  [{ context_management: 'all' }, false],
])('text above may be gone: %j', (extra, allowsRepeats) => {
  expect(read({ ...request, ...extra })?.allowsRepeats).toBe(allowsRepeats);
});
