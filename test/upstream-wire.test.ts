/** The scripted upstream on the wire: what it bills, which paths it knows, what it shows of a request. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { UpstreamOptions } from '../src/demo/upstream.ts';
import { answered, type Client, type Content, type Json, openUpstream, prompt, tools } from './helpers/upstream-client.ts';

const opened: Client[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

async function open(options: UpstreamOptions): Promise<Client> {
  const client = await openUpstream(options);
  opened.push(client);
  return client;
}

describe('usage', () => {
  const long = (letter: string) => letter.repeat(8000);

  test('comes from the cache: system and tools are read again, what grows is written', async () => {
    const upstream = await open({ script: { steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] } });
    const system = [{ type: 'text', text: long('s'), cache_control: { type: 'ephemeral' } }];
    const marked = (messages: unknown[]) => {
      const last = messages.at(-1) as { role: string; content: string | Content };
      const blocks: Content = typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : last.content;
      return [
        ...messages.slice(0, -1),
        { ...last, content: [...blocks.slice(0, -1), { ...blocks.at(-1), cache_control: { type: 'ephemeral' } }] },
      ];
    };
    const first = await upstream.ask({ system, messages: marked([prompt]) });
    const usage = first.json.usage as Record<string, number>;
    expect(usage).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 0 });
    expect(usage.cache_creation_input_tokens).toBeGreaterThan(2000);
    // The prompt comes back as a plain string and without its marker: still the same prefix.
    const grown = answered([prompt], first.content, long('r'));
    const second = (await upstream.ask({ system, messages: marked(grown) })).json.usage as Record<string, number>;
    expect(second.cache_read_input_tokens).toBe(usage.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBeGreaterThan(2000);
    const changed = (await upstream.ask({ system, messages: marked(grown), tools: tools.slice(1) })).json.usage as Record<string, number>;
    expect(changed.cache_read_input_tokens).toBe(0);
    const otherModel = (await upstream.ask({ system, messages: marked(grown), model: 'claude-haiku-5-5' })).json.usage as Record<
      string,
      number
    >;
    expect(otherModel.cache_read_input_tokens).toBe(0);
    const otherThinking = { system, messages: marked(grown), thinking: { type: 'adaptive' } };
    const kept = (await upstream.ask(otherThinking)).json.usage as Record<string, number>;
    expect(kept.cache_read_input_tokens).toBeGreaterThan(2000);
    expect(kept.cache_read_input_tokens).toBeLessThan(usage.cache_creation_input_tokens!);
  });

  test('a marker inside a tool result counts, and the one of the whole request marks the last block', async () => {
    const upstream = await open({ script: { steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] } });
    const { content } = await upstream.ask({});
    const id = content[0]!.id;
    const result = {
      type: 'tool_result',
      tool_use_id: id,
      content: [{ type: 'text', text: long('r'), cache_control: { type: 'ephemeral', ttl: '1h' } }],
    };
    const messages = [prompt, { role: 'assistant', content }, { role: 'user', content: [result] }];
    const first = (await upstream.ask({ messages })).json.usage as Json;
    expect(first.cache_creation).toMatchObject({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: expect.any(Number) });
    expect(first.cache_creation_input_tokens).toBeGreaterThan(2000);
    const plain = { ...result, content: [{ type: 'text', text: long('r') }] };
    const later = [...messages.slice(0, 2), { role: 'user', content: [plain] }];
    const second = (await upstream.ask({ messages: later, cache_control: { type: 'ephemeral' } })).json.usage as Json;
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  });

  test('count_tokens counts what a turn would be billed for', async () => {
    const upstream = await open({ script: { steps: [{ text: 'over' }] } });
    const counted = await upstream.ask({ system: long('s') }, '/v1/messages/count_tokens');
    const { usage } = (await upstream.ask({ system: long('s') })).json as { usage: { input_tokens: number } };
    expect(counted.json).toEqual({ input_tokens: usage.input_tokens });
    expect(upstream.requests.map(({ answer }) => answer?.played)).toEqual(['count', 'step 0']);
  });
});

describe('the wire', () => {
  test('probes, models, unknown paths, prefixes and packed bodies', async () => {
    const upstream = await open({ script: { steps: [{ text: 'over' }] } });
    const get = (path: string, method = 'GET') => fetch(`${upstream.url}${path}`, { method });
    expect((await get('/', 'HEAD')).status).toBe(200);
    const list = (await (await get('/v1/models')).json()) as { data: { id: string }[] };
    expect((await get(`/v1/models/${list.data[0]!.id}`)).status).toBe(200);
    expect((await get('/v1/models/none')).status).toBe(404);
    expect(await (await get('/v1/other')).json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    expect((await upstream.ask({}, '/gateway/v1/messages')).status).toBe(200);
    const packed = gzipSync(JSON.stringify({ model: 'm', messages: [prompt] }));
    expect((await upstream.ask({}, '/v1/messages', { body: packed, headers: { 'content-encoding': 'gzip' } })).status).toBe(200);
    expect(upstream.requests.at(-1)).toMatchObject({ method: 'POST', path: '/v1/messages', json: { model: 'm' } });
  });

  test('a request is shown before it is answered, and the answer waits', async () => {
    const seen: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const upstream = await open({
      script: { steps: [{ text: 'over' }] },
      onRequest(request) {
        seen.push(`${request.path} ${request.answer?.status}`);
        return held;
      },
    });
    const asked = upstream.ask({}).then(() => seen.push('answered'));
    while (seen.length === 0) await new Promise(setImmediate);
    seen.push('released');
    release();
    await asked;
    expect(seen).toEqual(['/v1/messages undefined', 'released', 'answered']);
    expect(upstream.requests[0]).toMatchObject({ complete: true, answer: { status: 200, played: 'step 0' } });
  });
});
