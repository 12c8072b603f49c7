/** The Messages API's own quirks; what all protocols share is in protocols.test.ts, the chain in anthropic-messages-chain.test.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Block } from '../src/block.ts';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';

afterEach(() => vi.restoreAllMocks());

describe('serves', () => {
  test.each([
    ['POST', '/v1/messages', 'turn'],
    ['POST', '/v1/messages/count_tokens', 'count'],
    ['POST', '/gateway/team-a/anthropic/v1/messages', 'turn'],
    ['POST', '/gateway/v1/messages/count_tokens', 'count'],
    ['GET', '/v1/messages', undefined],
    ['POST', '/v1/messages/batches', undefined],
    ['POST', '/v1/messages/', undefined],
    ['POST', '/notv1/messages', undefined],
    ['POST', '/v1/chat/completions', undefined],
    ['POST', '/v1/messages/count_tokens/x', undefined],
    ['HEAD', '/', undefined],
  ])('%s %s: %s', (method, path, kind) => {
    expect(anthropicMessages.serves(method, path)).toBe(kind);
  });
});

describe('hands off', () => {
  test.each([
    ['no object', '[]'],
    ['a string', '"messages"'],
    ['no messages', '{"model":"m"}'],
    ['messages that are no list', '{"messages":{}}'],
    ['a message that is no object', '{"messages":["hello"]}'],
    ['a message without a role', '{"messages":[{"content":"hello"}]}'],
    ['a role that is no string', '{"messages":[{"role":1,"content":"hello"}]}'],
    ['messages twice', '{"messages":[],"messages":[]}'],
    ['messages twice, once with an escape', '{"messages":[],"mess\\u0061ges":[]}'],
    ['model twice', '{"model":"a","messages":[],"model":"b"}'],
    ['context_management twice', '{"messages":[],"context_management":{},"context_management":{}}'],
    ['role twice', body('{"role":"user","content":"x","role":"assistant"}')],
    ['content of a message twice', body('{"role":"user","content":"x","content":"y"}')],
    ['type twice', blockBody('{"type":"text","text":"x","type":"image"}')],
    ['text twice', blockBody('{"type":"text","text":"x","te\\u0078t":"y"}')],
    ['content of a result twice', blockBody('{"type":"tool_result","tool_use_id":"a","content":"x","content":"y"}')],
    ['tool_use_id twice', blockBody('{"type":"tool_result","tool_use_id":"a","content":"x","tool_use_id":"b"}')],
    ['text of a part twice', blockBody('{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x","text":"y"}]}')],
    ['type of a part twice', blockBody('{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x","type":"text"}]}')],
    ['input of a call twice', body('{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":{},"input":{}}]}')],
  ])('%s', (_, json) => {
    expect(() => JSON.parse(json)).not.toThrow();
    expect(read(json)).toBeUndefined();
  });

  test('names that stand twice elsewhere are none of ours', () => {
    const twice = '{"a":1,"a":2,"type":1,"type":2}';
    const json = `{"metadata":${twice},"metadata":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":${twice}}]},{"role":"user","content":[{"type":"image","source":${twice}},{"type":"tool_result","tool_use_id":"a","content":"x"}]}]}`;
    expect(sources(read(json))).toEqual(['call', 'opaque', 'result']);
  });
});

describe('blocks', () => {
  test('a text whose bytes are no UTF-8 is opaque, its neighbours are not', () => {
    const json = Buffer.from(
      '{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"caf#"},{"type":"tool_result","tool_use_id":"a","content":"fine"},{"type":"text","text":"#"}]},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"Bash","input":{"command":"#"}}]}]}',
    );
    json.forEach((byte, at) => {
      if (byte === 0x23) json[at] = 0xe9;
    });
    const conversation = anthropicMessages.read(json, '');
    expect(sources(conversation)).toEqual(['opaque', 'result', 'opaque', 'call']);
    expect(conversation?.blocks.map(({ text }) => text)).toEqual(['', 'fine', '', '']);
    expect(conversation?.blocks[3]?.call).toMatchObject({ tool: 'Bash', input: undefined });
  });

  test('results are the user role, calls are not, and only of the shapes we know', () => {
    const result = '{"type":"tool_result","tool_use_id":"a","content":"x"}';
    const call = '{"type":"tool_use","id":"a","name":"Bash","input":{}}';
    const list = (role: string, ...blocks: string[]): string => body(`{"role":"${role}","content":[${blocks.join(',')}]}`);
    expect(sources(read(list('user', call, result)))).toEqual(['opaque', 'result']);
    expect(sources(read(list('assistant', call, result)))).toEqual(['call', 'opaque']);
    expect(sources(read(list('system', result)))).toEqual(['opaque']);
    expect(
      sources(read(list('user', '"bare"', '1', 'null', '[]', '{}', '{"type":1}', '{"type":"text"}', '{"type":"text","text":7}'))),
    ).toEqual(Array(8).fill('opaque'));
    expect(sources(read(list('assistant', '{"type":"tool_use","id":"a","input":{}}', '{"type":"tool_use","id":"a","name":3}')))).toEqual([
      'opaque',
      'opaque',
    ]);
    expect(
      sources(read(list('user', '{"type":"tool_result","content":{"type":"text","text":"x"}}', '{"type":"tool_result","content":null}'))),
    ).toEqual(['opaque', 'opaque']);
  });

  test('a message without readable content is one opaque block', () => {
    expect(sources(read(body('{"role":"user"}')))).toEqual(['opaque']);
    expect(sources(read(body('{"role":"assistant","content":null}')))).toEqual(['opaque']);
    expect(sources(read(body('{"role":"user","content":{"type":"text","text":"x"}}')))).toEqual(['opaque']);
    expect(sources(read(body('{"role":"user","content":[]}')))).toEqual([]);
  });

  test('a result belongs to the last call before it with its id', () => {
    const call = (name: string): string =>
      `{"role":"assistant","content":[{"type":"tool_use","id":"a\\u0062","name":"${name}","input":{"n":"${name}"}}]}`;
    const result = '{"role":"user","content":[{"type":"tool_result","tool_use_id":"ab","content":"x"}]}';
    const blocks = read(body(`${result},${call('One')},${result},${call('Two')},${result}`))!.blocks;
    expect(blocks.map(({ call }) => call?.tool)).toEqual([undefined, 'One', 'One', 'Two', 'Two']);
    expect(blocks[2]?.call?.input).toEqual({ n: 'One' });
  });

  test('a result without tool_use_id, or with one that is no string, has no call', () => {
    const json = body(
      '{"role":"assistant","content":[{"type":"tool_use","id":"","name":"Bash"},{"type":"tool_use","name":"Bash","input":{}}]},{"role":"user","content":[{"type":"tool_result","content":"x"},{"type":"tool_result","tool_use_id":null,"content":"y"}]}',
    );
    const blocks = read(json)!.blocks;
    expect(blocks.map(({ source, call }) => [source, call?.tool, call?.input])).toEqual([
      ['call', 'Bash', undefined],
      ['call', 'Bash', {}],
      ['result', undefined, undefined],
      ['result', undefined, undefined],
    ]);
  });

  test('an input nested 100,000 deep is no trouble', () => {
    const input = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const json = body(
      `{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":${input}}]},{"role":"user","content":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    );
    expect(sources(read(json))).toEqual(['call', 'opaque']);
    expect(read(json)?.blocks[0]?.call?.input).toHaveProperty('a');
  });

  test('no text is decoded until it is asked for, and then once', () => {
    const long = 'a long line of a result\n'.repeat(20);
    const json = Buffer.from(
      JSON.stringify({ messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: long }] }] }),
    );
    const parse = vi.spyOn(JSON, 'parse');
    const block = anthropicMessages.read(json, '')?.blocks[0];
    expect(parse).toHaveBeenCalledTimes(0);
    expect([block?.text, block?.text]).toEqual([long, long]);
    expect(parse).toHaveBeenCalledTimes(1);
  });

  test('the model is what the request says, or nothing', () => {
    expect(read('{"model":"claude-x","messages":[]}')).toMatchObject({ model: 'claude-x', blocks: [] });
    expect(read('{"messages":[]}')?.model).toBeUndefined();
    expect(read('{"model":5,"messages":[]}')?.model).toBeUndefined();
  });
});

describe('repeats are allowed', () => {
  test.each([
    ['without context management', '', true],
    ['where it is null', ',"context_management":null', true],
    ['where it is empty', ',"context_management":{}', true],
    ['where thinking is cleared', ',"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]}', true],
    [
      'not where tool results are',
      ',"context_management":{"edits":[{"type":"clear_thinking_20251015"},{"type":"clear_tool_uses_20250919"}]}',
      false,
    ],
    [
      'not where tool results are, spelled with an escape',
      ',"context_management":{"edits":[{"type":"clear_tool\\u005fuses_20250919"}]}',
      false,
    ],
    ['not with an edit that nobody knows', ',"context_management":{"edits":[{"type":"something_new"}]}', false],
    ['not with edits in a shape that nobody knows', ',"context_management":{"edits":{"type":"clear_thinking"}}', false],
    ['not with management that nobody knows', ',"context_management":{"strategy":"clear"}', false],
  ])('%s', (_, member, allowed) => {
    expect(read(`{"messages":[]${member}}`)?.allowsRepeats).toBe(allowed);
  });
});

test('a failure has the shape of the API', () => {
  expect(JSON.parse(anthropicMessages.errorBody(502, 'no "upstream"'))).toEqual({
    type: 'error',
    error: { type: 'api_error', message: 'no "upstream"' },
  });
  expect(JSON.parse(anthropicMessages.errorBody(529, 'busy')).error.type).toBe('overloaded_error');
});

describe('usage', () => {
  const start = (usage: unknown): string => JSON.stringify({ type: 'message_start', message: { model: 'm', usage } });

  test('written tokens that no life is given for count as 5 minutes', () => {
    const reader = anthropicMessages.createUsageReader();
    reader.event(start({ cache_creation_input_tokens: 100, cache_creation: { ephemeral_1h_input_tokens: 30 } }));
    expect(reader.usage()).toEqual({ model: 'm', fresh: 0, cacheWrite5m: 70, cacheWrite1h: 30, cacheRead: 0, output: 0 });
  });

  test('a total said again without its split keeps the split', () => {
    const reader = anthropicMessages.createUsageReader();
    reader.event(
      start({
        input_tokens: 1,
        cache_creation_input_tokens: 100,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 100 },
      }),
    );
    reader.event('{"type":"message_delta","usage":{"cache_creation_input_tokens":100,"output_tokens":9}}');
    expect(reader.usage()).toMatchObject({ cacheWrite5m: 0, cacheWrite1h: 100, output: 9 });
  });

  test('figures that are no counts are left out', () => {
    const reader = anthropicMessages.createUsageReader();
    reader.event(
      start({ input_tokens: -1, output_tokens: '7', cache_read_input_tokens: 1.5, cache_creation_input_tokens: null, cache_creation: [] }),
    );
    expect(reader.usage()).toBeUndefined();
    reader.event('{"type":"message_delta","usage":{"output_tokens":3,"input_tokens":null}}');
    expect(reader.usage()).toMatchObject({ fresh: 0, output: 3 });
  });

  test('an event of another type that speaks of one of ours is no usage', () => {
    const reader = anthropicMessages.createUsageReader();
    reader.event('{"type":"content_block_delta","message":"message_start","usage":{"output_tokens":3}}');
    reader.event('{"type":"message_start","message":"no object"}');
    reader.event('"message_delta"');
    reader.event('[DONE] message_delta');
    expect(reader.usage()).toBeUndefined();
  });
});

test('members that are not certain to enter the cache, or change with every request, do not enter the chain', () => {
  const request = readFileSync(join(import.meta.dirname, 'fixtures/protocols/anthropic-messages/claude-code.request.json'), 'utf8').trim();
  const keys = (extra: string): unknown => read(`${request.slice(0, -1)}${extra}}`)?.blocks.map(({ key }) => key);
  const plain = keys('');
  expect(plain).toHaveLength(13);
  expect(keys(',"safeguards":[{"type":"dangerous_tool_use","seen":["toolu_01"]}]')).toEqual(plain);
  expect(keys(',"diagnostics":{"previous_message_id":"msg_1"}')).toEqual(plain);
  expect(keys(',"tool_choice":{"type":"any"}')).toEqual(plain);
});

function read(json: string): ReturnType<typeof anthropicMessages.read> {
  return anthropicMessages.read(Buffer.from(json), 'scope');
}

function sources(conversation: { readonly blocks: readonly Block[] } | undefined): string[] | undefined {
  return conversation?.blocks.map(({ source }) => source);
}

function body(messages: string): string {
  return `{"model":"m","messages":[${messages}]}`;
}

function blockBody(block: string): string {
  return body(`{"role":"user","content":[${block}]}`);
}
