/** `/v1/compress` and what gives back what it left out, over a loopback socket, with the fields and errors that callers of the original read. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, ask, log } from './helpers/big-result.ts';
import { type LoopbackApi, startApi } from './helpers/loopback-api.ts';
import { sendRaw } from './helpers/loopback-client.ts';
import { resultTexts } from './helpers/message-spellings.ts';

let api: LoopbackApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

interface Smaller {
  readonly messages: unknown[];
  readonly tokens_before: number;
  readonly tokens_after: number;
  readonly ccr_hashes: string[];
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(api.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
const compress = async (body: object, headers?: Record<string, string>) => {
  const reply = await post('/v1/compress', { model: 'claude-opus-5-5', ...body }, headers);
  expect(reply.status).toBe(200);
  return (await reply.json()) as Smaller;
};
const talk = [{ role: 'user', content: 'Why?' }, ask('a'), answer('a')];
const closing = (messages: readonly unknown[]) => resultTexts(messages).at(-1)?.split('\n').at(-1);

describe('compress', () => {
  test('returns smaller messages in the same shape, and all figures', async () => {
    const result = await compress({ messages: talk });
    const { tokens_before: before, tokens_after: after, ccr_hashes: hashes } = result;
    expect(after).toBeLessThan(before / 4);
    expect(result).toMatchObject({
      ...{ tokens_saved: before - after, compression_ratio: after / before },
      ...{ transforms_applied: expect.arrayContaining(['excerpts']), ccr_hashes: [expect.stringMatching(/^[0-9a-f]{16}$/)] },
    });
    expect(result.messages.slice(0, 2)).toEqual(talk.slice(0, 2));
    expect(closing(result.messages)).toMatch(new RegExp(`full text: headroom retrieve ${hashes[0]}\\]$`));
    expect(readFileSync(join(api.cacheFolder, 'originals', `${hashes[0]}`), 'utf8')).toBe(log);
  });

  test('takes OpenAI messages, and extends for a longer conversation what it made of the shorter', async () => {
    const call = { id: 'c', type: 'function', function: { name: 'shell', arguments: '{"command":"docker logs web"}' } };
    const short = [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: log },
    ];
    const first = await compress({ messages: short, model: 'gpt-5.2' });
    expect(first.ccr_hashes).toHaveLength(1);
    const longer = await compress({ messages: [...short, { role: 'user', content: 'And now?' }], model: 'gpt-5.2' });
    expect(longer.messages.slice(0, 3)).toEqual(first.messages);
  });

  test('keeps every byte that it does not make smaller', async () => {
    const odd = '{"role":"user","content":"\\u00e9\\/ 1.0","n":12345678901234567890,"x":1.0,"x":-0,"e":1E+2}';
    const spaced = `[ ${odd} ,\n${JSON.stringify(ask('a'))}, ${JSON.stringify(answer('a'))}\t]`;
    const body = `{"messages": [1], "model":"m" , "messages" :${spaced} }`;
    const text = await (await post('/v1/compress', body)).text();
    expect(text.startsWith(`{"messages":[ ${odd} ,\n${JSON.stringify(ask('a'))}, {"role":"user","content":[`)).toBe(true);
    expect(text).toContain('}\t],"tokens_before":');
    const same = await (await post('/v1/compress', `{"model":"m","messages":[ ${odd} ]}`)).text();
    expect(same.startsWith(`{"messages":[ ${odd} ],"tokens_before":`)).toBe(true);
  });

  test('names the tool that callers of mode `ccr` give their models', async () => {
    const { messages, ccr_hashes: hashes } = await compress({ messages: talk, config: { mode: 'ccr' } });
    expect(closing(messages)).toMatch(new RegExp(`full text: headroom_retrieve ${hashes[0]}\\]$`));
  });

  test('leaves nothing out where nothing may need to be asked for, or nobody said how', async () => {
    const result = await compress({ messages: talk, config: { mode: 'lossy_inline' } });
    expect(result.ccr_hashes).toEqual([]);
    expect(result.tokens_after).toBeLessThan(result.tokens_before);
    expect(closing(result.messages)).not.toContain('not shown');
    const wayless = await startApi({ recovery: undefined });
    const ask = (config: object) =>
      fetch(`${wayless.url}/v1/compress`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: talk, config }) });
    try {
      expect(await (await ask({})).json()).toEqual(result);
      expect(await (await ask({ mode: 'ccr' })).json()).toMatchObject({ ccr_hashes: [expect.any(String)] });
    } finally {
      await wayless.close();
    }
  });

  test('leaves the messages that are frozen, and counts what the rest saved', async () => {
    const longer = [...talk, ask('b', 'docker logs db'), answer('b', log.replaceAll('web', 'db'))];
    const all = await compress({ messages: longer });
    const first = await compress({ messages: talk });
    const rest = await compress({ messages: longer, config: { frozen_message_count: 3 } });
    expect(rest.messages.slice(0, 3)).toEqual(talk);
    expect(rest.messages.slice(3)).toEqual(all.messages.slice(3));
    expect(rest.tokens_before - rest.tokens_after).toBe(all.tokens_before - all.tokens_after - (first.tokens_before - first.tokens_after));
    expect(rest.ccr_hashes).toEqual(all.ccr_hashes.slice(1));
    expect(await compress({ messages: talk, config: { frozen_message_count: 9 } })).toMatchObject({ messages: talk, tokens_saved: 0 });
  });

  test('goes by the budget, and by the header that says not to', async () => {
    const small = [ask('a'), answer('a', log.split('\n').slice(100, 160).join('\n'))];
    const roomy = await compress({ messages: small, token_budget: 1_000_000 });
    expect(roomy).toEqual(await compress({ messages: small }));
    expect((await compress({ messages: small, token_budget: 50 })).tokens_after).toBeLessThan(roomy.tokens_after);
    const bypassed = await compress({ messages: talk }, { 'x-headroom-bypass': 'true' });
    expect(bypassed).toEqual({
      ...{
        messages: talk,
        tokens_before: 0,
        tokens_after: 0,
        tokens_saved: 0,
        compression_ratio: 1,
        transforms_applied: [],
        ccr_hashes: [],
      },
    });
  });

  test('of nothing is nothing', async () => {
    expect(await compress({ messages: [] })).toMatchObject({ messages: [], tokens_before: 0, compression_ratio: 1, ccr_hashes: [] });
  });

  test('reads what comes compressed, and survives messages of no known shape', async () => {
    const reply = await post('/v1/compress', gzipSync(JSON.stringify({ model: 'm', messages: talk })), { 'content-encoding': 'gzip' });
    expect(((await reply.json()) as Smaller).ccr_hashes).toHaveLength(1);
    const odd = [null, 7, 'text', [], {}, { role: 5, content: { a: 1 } }, { role: 'tool', content: [null, { type: 'text', text: 7 }] }];
    expect(await compress({ messages: odd })).toMatchObject({ messages: odd, tokens_saved: 0 });
  });

  test('makes no excerpts where originals cannot be kept', async () => {
    const blocked = await startApi();
    try {
      writeFileSync(join(blocked.cacheFolder, 'originals'), 'in the way');
      const reply = await fetch(`${blocked.url}/v1/compress`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: talk }) });
      expect(await reply.json()).toMatchObject({ ccr_hashes: [] });
    } finally {
      await blocked.close();
    }
  });

  test('says no to what is no request, in the shape that callers read', async () => {
    const wrong: [unknown, string][] = [
      ['{"messages"', 'Invalid JSON in request body.'],
      [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'Invalid JSON in request body.'],
      ['', 'Invalid JSON in request body.'],
      ['[]', 'The body is no JSON object.'],
      [{ model: 'm' }, 'Missing required field: messages or input'],
      [{ messages: talk }, 'Missing required field: model'],
      [{ model: 'm', messages: 'text' }, '`messages` is no list.'],
      [{ model: 'm', messages: talk, config: { mode: 'magic' } }, 'Invalid config.mode: "magic"'],
      [{ model: 'm', messages: talk, config: { frozen_message_count: -1 } }, 'Invalid config.frozen_message_count: -1'],
      [{ model: 'm', messages: talk, config: { session_id: '' } }, 'Invalid config.session_id'],
    ];
    for (const [body, message] of wrong) {
      const reply = await post('/v1/compress', body);
      expect({ body, status: reply.status, reply: await reply.json() }).toMatchObject({
        ...{ body, status: 400, reply: { error: { type: 'invalid_request', message: expect.stringContaining(message) } } },
      });
    }
    expect((await post('/v1/compress', '{}', { 'content-encoding': 'rot13' })).status).toBe(415);
    expect((await fetch(`${api.url}/v1/compress`)).status).toBe(405);
  });

  test('does not take in what is too long, said or not', async () => {
    const head = 'POST /v1/compress HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
    expect(await sendRaw(api.port, `${head}Content-Length: 70000000\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 413 /);
    const bomb = gzipSync(Buffer.alloc(70_000_000, ' '));
    expect((await post('/v1/compress', bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  test('is for those who may', async () => {
    for (const access of ['content', 'none'] as const) {
      api.access = access;
      expect((await post('/v1/compress', { model: 'm', messages: talk })).status).toBe(418);
    }
    api.access = 'all';
  });
});

test('is what the guardrail of LiteLLM asks and reads, by its documents', async () => {
  // Its own turns and the last thing that was said it holds back; what it gets must be row for row what it sent.
  const rows = [
    { role: 'user', content: 'Why?' },
    { role: 'tool', tool_call_id: 'c', content: log },
    { role: 'function', name: 'old', content: 'short' },
  ];
  const headers = { authorization: 'Bearer key', 'x-headroom-affinity': 'a'.repeat(64) };
  const reply = await post('/v1/compress', { messages: rows, model: 'claude-sonnet-4', config: { mode: 'ccr' } }, headers);
  const body = (await reply.json()) as Smaller;
  expect([reply.status, body.messages.map((row) => (row as { role: string }).role)]).toEqual([200, ['user', 'tool', 'function']]);
  expect(body.ccr_hashes).toEqual([expect.stringMatching(/^[a-f0-9]{12,24}$/)]);
  expect(body.messages[1]).toEqual({ ...rows[1], content: expect.stringContaining(`headroom_retrieve ${body.ccr_hashes[0]}]`) });
  const fetched = await fetch(`${api.url}/v1/retrieve/${body.ccr_hashes[0]}?query=disk`, { headers });
  expect(await fetched.json()).toMatchObject({ original_content: log });
  expect((await fetch(`${api.url}/v1/retrieve/0123456789abcdef`, { headers })).status).toBe(404);
});

describe('retrieve', () => {
  let hash: string;
  beforeAll(async () => {
    [hash = ''] = (await compress({ messages: talk })).ccr_hashes;
  });
  const get = async (target: string) => {
    const reply = await fetch(api.url + target);
    return { status: reply.status, json: (await reply.json()) as object };
  };

  test('gives back all of it, by POST and by GET, with the fields of the original', async () => {
    const posted = (await (await post('/v1/retrieve', { hash })).json()) as { retrieval_count: number };
    expect(posted).toEqual({
      ...{ hash, original_content: log, original_tokens: expect.any(Number), original_item_count: 300 },
      ...{ compressed_item_count: null, tool_name: null, retrieval_count: expect.any(Number) },
    });
    const got = await get(`/v1/retrieve/${hash}`);
    expect(got).toEqual({ status: 200, json: { ...posted, retrieval_count: posted.retrieval_count + 1 } });
  });

  test('gives lines of it, and finds lines in it', async () => {
    expect((await get(`/v1/retrieve/${hash}?lines=151`)).json).toMatchObject({
      ...{ original_content: `${log.split('\n')[150]}\n`, lines: '151-151', original_item_count: 300 },
    });
    const found = await (await post('/v1/retrieve', { hash, query: 'disk FULL' })).json();
    expect(found).toMatchObject({ query: 'disk FULL', count: 1, results: [`151:${log.split('\n')[150]}`], original_content: log });
    expect((await get(`/v1/retrieve/${hash}?query=nowhere`)).json).toMatchObject({ results: [], count: 0, original_content: log });
    expect((await get(`/v1/retrieve/${hash}?lines=9-2`)).status).toBe(400);
  });

  test('knows no beginnings, no paths and no other files', async () => {
    writeFileSync(join(api.cacheFolder, 'secret'), 'secret');
    writeFileSync(join(api.cacheFolder, 'originals', 'deadbeefdeadbeef'), 'changed');
    const names = [hash.slice(0, 8), '0123456789abcdef', '..%2fsecret', '..%2F..%2Fetc%2Fpasswd', '.%252e', `${hash}%00`, 'x'.repeat(500)];
    for (const name of names) {
      const { status, json } = await get(`/v1/retrieve/${name}`);
      expect({ name, status, json }).toMatchObject({ status: 404, json: { detail: expect.not.stringContaining(api.cacheFolder) } });
    }
    for (const wrong of [{ hash: join(api.cacheFolder, 'originals', hash) }, { hash: ['a'] }, { hash: 7 }])
      expect((await post('/v1/retrieve', wrong)).status).toBe(404);
    expect((await post('/v1/retrieve', {})).status).toBe(400);
    expect(await get('/v1/retrieve/deadbeefdeadbeef')).toMatchObject({ status: 410, json: { error: { type: 'storage_error' } } });
    rmSync(join(api.cacheFolder, 'originals', 'deadbeefdeadbeef'));
    expect(readdirSync(join(api.cacheFolder, 'originals')).every((name) => /^[0-9a-f]{16}$/.test(name))).toBe(true);
  });

  test('answers a call of the tool as each provider spells it', async () => {
    const ask = async (body: object) => {
      const reply = await post('/v1/retrieve/tool_call', body);
      return { status: reply.status, ...((await reply.json()) as { success: boolean; tool_result: Record<string, string> }) };
    };
    const words = JSON.stringify({ hash, lines: '151' });
    const calls = [
      [{ tool_call: { id: 'a', name: 'headroom_retrieve', input: { hash, lines: '151' } } }, { type: 'tool_result', tool_use_id: 'a' }],
      [
        { provider: 'openai', tool_call: { id: 'b', function: { name: 'headroom_retrieve', arguments: words } } },
        { role: 'tool', tool_call_id: 'b' },
      ],
      [
        { provider: 'openai_responses', tool_call: { id: 'x', call_id: 'c', name: 'mcp__headroom__headroom_retrieve', arguments: words } },
        { type: 'function_call_output', call_id: 'c' },
      ],
      [
        { provider: 'google', tool_call: { functionCall: { name: 'headroom_retrieve', args: { hash, lines: 151 } } } },
        { tool_call_id: '' },
      ],
    ] as const;
    for (const [body, spelling] of calls) {
      const { success, tool_result: result } = await ask(body);
      expect({ success, result }).toMatchObject({ success: true, result: spelling });
      expect(JSON.parse(result.content ?? result.output ?? '')).toMatchObject({ original_content: `${log.split('\n')[150]}\n` });
    }
    const missing = await ask({ tool_call: { id: 'd', name: 'headroom_retrieve', input: { hash: '0123456789abcdef' } } });
    expect(missing).toMatchObject({ status: 200, success: false, data: { status: 'missing', hash: '0123456789abcdef' } });
    for (const wrong of [{}, { tool_call: 7 }, { tool_call: { name: 'rm' } }, { provider: 'openai', tool_call: { function: null } }])
      expect((await ask(wrong)).status).toBe(400);
  });

  test('shows the bare text to those who hold the content secret alone', async () => {
    expect((await fetch(`${api.url}/originals/${hash}`)).status).toBe(418);
    api.access = 'content';
    const reply = await fetch(`${api.url}/originals/${hash}`);
    expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await reply.text()).toBe(log);
    expect(await (await fetch(`${api.url}/originals/${hash}?lines=1-2`)).text()).toBe(`${log.split('\n').slice(0, 2).join('\n')}\n`);
    expect(await (await fetch(`${api.url}/originals/${hash}?query=disk`)).text()).toBe(`151:${log.split('\n')[150]}\n`);
    const missing = await fetch(`${api.url}/originals/0123456789abcdef`);
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringMatching(/^There is no original of this hash: .*\n$/)]);
    expect((await fetch(`${api.url}/v1/retrieve/${hash}`)).status).toBe(418);
    api.access = 'all';
  });
});
