/** Chat Completions' own quirks; what all protocols share is in protocols.test.ts, the chain in openai-chat-chain.test.ts. */
import { describe, expect, test } from 'vitest';
import { openaiChat } from '../src/protocols/openai-chat.ts';

describe('serves', () => {
  test.each([
    ['POST', '/v1/chat/completions', 'turn'],
    ['POST', '/chat/completions', 'turn'],
    ['POST', '/openai/deployments/gpt/chat/completions', 'turn'],
    ['POST', '/api/v1/chat/completions', 'turn'],
    ['GET', '/v1/chat/completions', undefined],
    ['POST', '/v1/completions', undefined],
    ['POST', '/v1/responses', undefined],
    ['POST', '/v1/messages', undefined],
    ['POST', '/v1/chat/completions/', undefined],
    ['POST', '/v1/chat/completions/chatcmpl-1', undefined],
    ['POST', '/v1/embeddings', undefined],
  ])('%s %s: %s', (method, path, kind) => {
    expect(openaiChat.serves(method, path)).toBe(kind);
  });
});

describe('hands off', () => {
  test.each([
    ['no object', '[]'],
    ['no messages', '{"model":"m"}'],
    ['messages that are no list', '{"messages":{}}'],
    ['a message that is no object', '{"messages":["hello"]}'],
    ['a message without a role', '{"messages":[{"content":"hello"}]}'],
    ['a role that is no string', '{"messages":[{"role":1,"content":"hello"}]}'],
    ['messages twice', '{"messages":[],"mess\\u0061ges":[]}'],
    ['model twice', '{"model":"a","messages":[],"model":"b"}'],
    ['transforms twice', '{"messages":[],"transforms":[],"transforms":[]}'],
    ['role twice', body('{"role":"user","content":"x","role":"assistant"}')],
    ['content twice', body('{"role":"tool","content":"x","tool_call_id":"a","content":"y"}')],
    ['tool_call_id twice', body('{"role":"tool","content":"x","tool_call_id":"a","tool_call_id":"b"}')],
    ['tool_calls twice', body('{"role":"assistant","tool_calls":[],"tool_calls":[]}')],
    ['text of a part twice', body('{"role":"user","content":[{"type":"text","text":"x","text":"y"}]}')],
    ['id of a call twice', calls('{"id":"a","id":"b","function":{"name":"n","arguments":"{}"}}')],
    ['name of a function twice', calls('{"id":"a","function":{"name":"n","name":"m","arguments":"{}"}}')],
    ['arguments twice', calls('{"id":"a","function":{"name":"n","arguments":"{}","arguments":"{}"}}')],
    ['arguments of a function_call twice', body('{"role":"assistant","function_call":{"name":"n","arguments":"{}","arguments":"1"}}')],
  ])('%s', (_, json) => {
    expect(() => JSON.parse(json)).not.toThrow();
    expect(read(json)).toBeUndefined();
  });
});

describe('blocks', () => {
  test('results are of the tool and function roles, calls of the assistant role', () => {
    const call = '"tool_calls":[{"id":"a","type":"function","function":{"name":"bash","arguments":"{}"}}]';
    expect(sources(`{"role":"user","content":"x",${call}}`)).toEqual(['said', 'opaque']);
    expect(sources(`{"role":"assistant",${call},"content":"x"}`)).toEqual(['call', 'said']);
    expect(sources('{"role":"critic","content":"x","function_call":{"name":"n","arguments":"{}"}}')).toEqual(['said', 'opaque']);
    expect(sources('{"role":"assistant","content":"x","tool_calls":null}')).toEqual(['said', 'opaque']);
    expect(sources('{"role":"assistant","content":"","tool_calls":[]}')).toEqual(['said']);
    expect(sources('{"role":"tool"}')).toEqual(['opaque']);
    expect(sources('{"role":"tool","tool_call_id":"a","content":{"text":"x"}}')).toEqual(['opaque']);
    expect(sources('{"role":"tool","tool_call_id":"a","content":[1,"x",{"type":"text"},{"type":"text","text":"y"}]}')).toEqual([
      ...['opaque', 'opaque', 'opaque', 'result'],
    ]);
  });

  test('a text whose bytes are no UTF-8 is opaque, its neighbours are not', () => {
    const json = Buffer.from(
      body(
        '{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"bash","arguments":"{\\"x\\":\\"#\\"}"}}]},{"role":"tool","tool_call_id":"a","content":"caf#"},{"role":"tool","tool_call_id":"a","content":"fine"}',
      ),
    );
    json.forEach((byte, at) => {
      if (byte === 0x23) json[at] = 0xe9;
    });
    const blocks = openaiChat.read(json, '')!.blocks;
    expect(blocks.map(({ source, text }) => [source, text])).toEqual([
      ['call', ''],
      ['opaque', ''],
      ['result', 'fine'],
    ]);
    expect(blocks[2]?.call).toMatchObject({ tool: 'bash', input: undefined });
  });

  test('a result belongs to the last call before it with its id, or of its function', () => {
    const call = (name: string): string =>
      `{"role":"assistant","tool_calls":[{"id":"a\\u0062","function":{"name":"${name}","arguments":"{\\"n\\":\\"${name}\\"}"}}]}`;
    const result = '{"role":"tool","tool_call_id":"ab","content":"x"}';
    const old = (n: number): string => `{"role":"assistant","function_call":{"name":"ab","arguments":"{\\"n\\":${n}}"}}`;
    const oldResult = '{"role":"function","name":"ab","content":"x"}';
    const of = (...messages: string[]): unknown =>
      read(body(messages.join()))!
        .blocks.filter(({ source }) => source === 'result')
        .map(({ call }) => [call?.tool, call?.input]);
    expect(of(result, call('One'), result, call('Two'), result)).toEqual([
      [undefined, undefined],
      ['One', { n: 'One' }],
      ['Two', { n: 'Two' }],
    ]);
    expect(of(oldResult, old(1), oldResult, old(2), oldResult, result)).toEqual([
      ['ab', undefined],
      ['ab', { n: 1 }],
      ['ab', { n: 2 }],
      [undefined, undefined],
    ]);
  });

  test('arguments are JSON within a string; some send an object', () => {
    const input = (args: string): unknown => read(calls(`{"id":"a","function":{"name":"n","arguments":${args}}}`))!.blocks[0]!.call?.input;
    expect(input('"{\\"a\\":[1]}"')).toEqual({ a: [1] });
    expect(input('{"a":1}')).toEqual({ a: 1 });
    expect(input('"{\\"a\\":"')).toBeUndefined();
    expect(input('""')).toBeUndefined();
  });
});

describe('repeats are allowed', () => {
  test.each([
    ['without transforms', '', true],
    ['where they are null or none', ',"transforms":null,"plugins":[{"id":"web"}]', true],
    ['where the list is empty', ',"transforms":[],"context_management":{}', true],
    ['not where the middle is left out', ',"transforms":["middle-out"]', false],
    ['not where a plugin does', ',"plugins":[{"id":"context-compression"}]', false],
    ['not where tool results are cleared', ',"context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]}', false],
  ])('%s', (_, member, allowed) => {
    expect(read(`{"messages":[]${member}}`)?.allowsRepeats).toBe(allowed);
  });
});

test('a failure has the shape of the API', () => {
  expect(JSON.parse(openaiChat.errorBody(502, 'no "upstream"'))).toEqual({
    error: { message: 'no "upstream"', type: 'server_error', param: null, code: null },
  });
});

describe('usage', () => {
  const usageOf = (usage: unknown): unknown => {
    const reader = openaiChat.createUsageReader();
    reader.body(JSON.stringify({ model: 'm', usage }));
    return reader.usage();
  };

  test('what is read from and written to a cache is part of the prompt', () => {
    expect(usageOf({ prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 4 } })).toMatchObject({
      fresh: 6,
      cacheRead: 4,
    });
    expect(usageOf({ prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 7 })).toMatchObject({ fresh: 3, cacheRead: 7 });
    expect(usageOf({ prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 5 } })).toMatchObject({
      ...{ fresh: 3, cacheRead: 2, cacheWrite5m: 5, output: 0 },
    });
    expect(usageOf({ prompt_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } })).toMatchObject({ fresh: 0, cacheRead: 4 });
  });

  test('figures that are no counts are left out', () => {
    expect(usageOf({ prompt_tokens: -1, completion_tokens: '7' })).toBeUndefined();
    expect(usageOf({ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 1.5 } })).toMatchObject({ fresh: 5, cacheRead: 0 });
    expect(usageOf(null)).toBeUndefined();
  });

  test('of several the last counts', () => {
    const reader = openaiChat.createUsageReader();
    for (const output of [1, 2, 3]) reader.event(JSON.stringify({ usage: { prompt_tokens: 5, completion_tokens: output } }));
    reader.event('[DONE] completion_tokens');
    expect(reader.usage()).toMatchObject({ fresh: 5, output: 3 });
  });
});

function read(json: string): ReturnType<typeof openaiChat.read> {
  return openaiChat.read(Buffer.from(json), 'scope');
}

function sources(message: string): string[] | undefined {
  return read(body(message))?.blocks.map(({ source }) => source);
}

function body(messages: string): string {
  return `{"model":"m","messages":[${messages}]}`;
}

function calls(call: string): string {
  return body(`{"role":"assistant","tool_calls":[${call}]}`);
}
