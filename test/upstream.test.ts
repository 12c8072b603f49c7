/** The scripted upstream as an agent meets it: over a socket, with the tools it advertises, in JSON and in server-sent events. */
import { gzipSync } from 'node:zlib';
import { createParser } from 'eventsource-parser';
import { afterEach, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream, type UpstreamOptions } from '../src/demo/upstream.ts';

type Json = Record<string, unknown>;
type Content = { type: string; id?: string; [field: string]: unknown }[];

const tools = [
  { name: 'Bash', input_schema: { properties: { command: {}, description: {} } } },
  { name: 'Read', input_schema: { properties: { file_path: {}, offset: {}, limit: {} } } },
  { name: 'Edit', input_schema: { properties: { file_path: {}, old_string: {}, new_string: {} } } },
  { name: 'Write', input_schema: { properties: { file_path: {}, content: {} } } },
];
const prompt = { role: 'user', content: 'Please work' };

let upstream: Upstream | undefined;
afterEach(() => upstream?.close());

async function start(options: UpstreamOptions): Promise<Upstream> {
  upstream = await startUpstream(options);
  return upstream;
}

async function ask(body: Json, path = '/v1/messages', init: RequestInit = {}): Promise<{ status: number; json: Json; content: Content }> {
  const full = { model: 'claude-opus-5-5', max_tokens: 100, messages: [prompt], tools, ...body };
  const reply = await fetch(`${upstream!.url}${path}`, { method: 'POST', body: JSON.stringify(full), ...init });
  const json = (await reply.json()) as Json;
  return { status: reply.status, json, content: json.content as Content };
}

/** The conversation after every call of `content` was answered. */
function answered(messages: unknown[], content: Content, result = 'done'): unknown[] {
  const results = content.flatMap(({ type, id }) =>
    type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: id, content: result }] : [],
  );
  return [...messages, { role: 'assistant', content }, { role: 'user', content: results }];
}

describe('the step', () => {
  test('follows from the request alone: turns with calls since the last prompt', async () => {
    await start({ script: { steps: [{ calls: [{ shell: 'one' }] }, { calls: [{ shell: 'two' }] }, { text: 'over' }] } });
    const first = await ask({});
    expect(first.content).toMatchObject([
      { type: 'tool_use', name: 'Bash', input: { command: 'one', description: 'Run a scripted command' } },
    ]);
    const second = answered([prompt], first.content);
    expect((await ask({ messages: second })).content[0]).toMatchObject({ input: { command: 'two' } });
    // The same request gets the same answer however often it comes, and whatever came between.
    expect((await ask({})).content).toEqual(first.content);
    expect((await ask({ messages: second })).content[0]).toMatchObject({ input: { command: 'two' } });
    const asked = [...second, { role: 'assistant', content: 'over' }, { role: 'user', content: 'again' }];
    expect((await ask({ messages: asked })).content[0]).toMatchObject({ input: { command: 'one' } });
  });

  test('is not moved by reminders, and side requests without tools get the side text', async () => {
    await start({ script: { sideText: 'A title', steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] } });
    const first = await ask({});
    const messages = [...answered([prompt], first.content), { role: 'system', content: 'note' }];
    const reminded = [...messages, { role: 'user', content: [{ type: 'text', text: '<system-reminder>x</system-reminder>' }] }];
    expect((await ask({ messages: reminded })).content).toEqual([{ type: 'text', text: 'over' }]);
    expect((await ask({ tools: [] })).content).toEqual([{ type: 'text', text: 'A title' }]);
    const format = { type: 'json_schema', schema: { required: ['title'] } };
    expect((await ask({ tools: [], output_config: { format } })).content).toEqual([{ type: 'text', text: '{"title":"A title"}' }]);
    const summary = [...messages.slice(0, -1), { role: 'user', content: 'Respond with TEXT ONLY: a detailed summary of the conversation' }];
    expect((await ask({ messages: summary })).content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('<summary>') });
  });

  test('a conversation of its own prompt plays its own steps', async () => {
    await start({ script: { steps: [{ text: 'main' }], conversations: [{ prompt: 'subtask', steps: [{ text: 'sub' }] }] } });
    expect((await ask({})).content).toEqual([{ type: 'text', text: 'main' }]);
    expect((await ask({ messages: [{ role: 'user', content: 'do the subtask' }] })).content).toEqual([{ type: 'text', text: 'sub' }]);
  });

  test('may fail first, and may be an error', async () => {
    await start({ script: { steps: [{ calls: [{ shell: 'one' }], failures: [529, 500] }, { status: 403 }] } });
    expect(await ask({})).toMatchObject({ status: 529, json: { type: 'error', error: { type: 'overloaded_error' } } });
    expect((await ask({})).status).toBe(500);
    const first = await ask({});
    expect(first.status).toBe(200);
    for (let round = 0; round < 2; round++) expect((await ask({ messages: answered([prompt], first.content) })).status).toBe(403);
  });
});

describe('calls', () => {
  test('are spelled with the tools that the request advertises', async () => {
    const calls = [
      { read: '/p/a.js', offset: 3, limit: 2 },
      { grep: "it's", path: '/p' },
      { edit: '/p/a.js', from: 'x', to: 'y' },
      { write: '/p/b', text: 'z' },
      { raw: 'Own', input: [1] },
    ];
    await start({ script: { steps: [{ calls, text: 'Now:' }] } });
    const { content, json } = await ask({});
    expect(json.stop_reason).toBe('tool_use');
    expect(content.map(({ name, input, text }) => text ?? [name, input])).toEqual([
      'Now:',
      ['Read', { file_path: '/p/a.js', offset: 3, limit: 2 }],
      ['Bash', { command: "grep -rn -e 'it'\\''s' '/p'", description: 'Search' }],
      ['Edit', { file_path: '/p/a.js', old_string: 'x', new_string: 'y' }],
      ['Write', { file_path: '/p/b', content: 'z' }],
      ['Own', [1]],
    ]);
    const grep = { name: 'Grep', input_schema: { properties: { pattern: {}, path: {}, output_mode: {} } } };
    const again = await ask({ tools: [...tools, grep] });
    expect(again.content[2]).toMatchObject({ name: 'Grep', input: { pattern: "it's", path: '/p', output_mode: 'content' } });
  });

  test('without a tool that fits the agent gets a server error that says so', async () => {
    await start({ script: { steps: [{ calls: [{ edit: '/p', from: 'x', to: 'y' }] }] } });
    expect(await ask({ tools: tools.slice(0, 1) })).toMatchObject({
      status: 500,
      json: { error: { message: expect.stringMatching(/no tool to edit .* Bash/) } },
    });
  });
});

describe('a streamed turn', () => {
  test('puts together to the same message as the plain one, in the order of the provider', async () => {
    const calls = [{ shell: `echo ${'🙂é'.repeat(30)}` }, { read: '/p' }];
    await start({ script: { thinking: 'Let me think about all of it.', steps: [{ calls, text: 'Two things.' }] } });
    const body = { thinking: { type: 'adaptive', display: 'updates' }, safeguards: [{ type: 'dangerous_tool_use' }] };
    const plain = await ask(body);
    const reply = await fetch(`${upstream!.url}/v1/messages?beta=true`, {
      method: 'POST',
      body: JSON.stringify({ model: 'claude-opus-5-5', messages: [prompt], tools, stream: true, ...body }),
    });
    expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = parseEvents(await reply.text());
    const content = assemble(events);
    expect(content).toEqual(plain.content);
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    const order = events.map(({ type }) => type as string).filter((type, index, all) => type !== all[index - 1]);
    expect(order.slice(0, 5)).toEqual(['message_start', 'content_block_start', 'ping', 'content_block_delta', 'content_block_stop']);
    expect(order.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    const ids = content.flatMap(({ id }) => id ?? []);
    const verdict = { type: 'evaluated', outcome: 'not_flagged' };
    const uses = Object.fromEntries(ids.map((id) => [id, verdict]));
    const safeguards = [{ type: 'dangerous_tool_use', status: { type: 'available', tool_uses: uses } }];
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use', safeguard_results: safeguards } });
    expect(plain.json.safeguard_results).toEqual(safeguards);
  });

  test('without a wish for thinking or verdicts there are none, and hidden thinking is signed all the same', async () => {
    await start({ script: { thinking: 'Hm.', steps: [{ text: 'Fine.' }] } });
    const plain = await ask({});
    expect(plain.content).toEqual([{ type: 'text', text: 'Fine.' }]);
    expect(plain.json).not.toHaveProperty('safeguard_results');
    const { content } = await ask({ thinking: { type: 'adaptive', display: 'omitted' } });
    expect(content[0]).toMatchObject({ type: 'thinking', thinking: '', signature: expect.stringMatching(/.{20}/) });
  });
});

describe('like the provider it refuses', () => {
  const script = { thinking: 'Careful now.', steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] };
  const thinking = { type: 'enabled', budget_tokens: 1024 };

  test('thinking that was touched', async () => {
    await start({ script });
    const { content } = await ask({ thinking });
    expect((await ask({ thinking, messages: answered([prompt], content) })).status).toBe(200);
    const touched = content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'Careless now.' } : block));
    expect(await ask({ thinking, messages: answered([prompt], touched) })).toMatchObject({
      status: 400,
      json: { error: { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' } },
    });
  });

  test('calls and results that do not pair up, empty texts, five breakpoints, no JSON', async () => {
    await start({ script });
    const { content } = await ask({});
    const turn = { role: 'assistant', content };
    const mark = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } };
    const refused: [Json, RegExp][] = [
      [{ messages: [prompt, turn, { role: 'user', content: 'next' }] }, /without `tool_result`/],
      [
        { messages: [prompt, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_x', content: '' }] }] },
        /unexpected `tool_use_id`/,
      ],
      [{ messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }, /non-empty/],
      [{ messages: [{ role: 'user', content: [mark, mark, mark, mark, mark] }] }, /maximum of 4/],
      [{ messages: [] }, /at least one message/],
    ];
    for (const [body, message] of refused)
      expect(await ask(body)).toMatchObject({ status: 400, json: { error: { message: expect.stringMatching(message) } } });
    expect((await ask({}, '/v1/messages', { body: '{' })).status).toBe(400);
  });
});

describe('usage', () => {
  const long = (letter: string) => letter.repeat(8000);

  test('comes from the cache: system and tools are read again, what grows is written', async () => {
    await start({ script: { steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] } });
    const system = [{ type: 'text', text: long('s'), cache_control: { type: 'ephemeral' } }];
    const marked = (messages: unknown[]) => {
      const last = messages.at(-1) as { role: string; content: string | Content };
      const blocks: Content = typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : last.content;
      return [
        ...messages.slice(0, -1),
        { ...last, content: [...blocks.slice(0, -1), { ...blocks.at(-1), cache_control: { type: 'ephemeral' } }] },
      ];
    };
    const first = await ask({ system, messages: marked([prompt]) });
    const usage = first.json.usage as Record<string, number>;
    expect(usage).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 0 });
    expect(usage.cache_creation_input_tokens).toBeGreaterThan(2000);
    // The prompt comes back as a plain string and without its marker: still the same prefix.
    const grown = answered([prompt], first.content, long('r'));
    const second = (await ask({ system, messages: marked(grown) })).json.usage as Record<string, number>;
    expect(second.cache_read_input_tokens).toBe(usage.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBeGreaterThan(2000);
    const changed = (await ask({ system, messages: marked(grown), tools: tools.slice(1) })).json.usage as Record<string, number>;
    expect(changed.cache_read_input_tokens).toBe(0);
    const otherModel = (await ask({ system, messages: marked(grown), model: 'claude-haiku-5-5' })).json.usage as Record<string, number>;
    expect(otherModel.cache_read_input_tokens).toBe(0);
    const otherThinking = { system, messages: marked(grown), thinking: { type: 'adaptive' } };
    const kept = (await ask(otherThinking)).json.usage as Record<string, number>;
    expect(kept.cache_read_input_tokens).toBeGreaterThan(2000);
    expect(kept.cache_read_input_tokens).toBeLessThan(usage.cache_creation_input_tokens!);
  });

  test('a marker inside a tool result counts, and the one of the whole request marks the last block', async () => {
    await start({ script: { steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] } });
    const { content } = await ask({});
    const id = content[0]!.id;
    const result = {
      type: 'tool_result',
      tool_use_id: id,
      content: [{ type: 'text', text: long('r'), cache_control: { type: 'ephemeral', ttl: '1h' } }],
    };
    const messages = [prompt, { role: 'assistant', content }, { role: 'user', content: [result] }];
    const first = (await ask({ messages })).json.usage as Json;
    expect(first.cache_creation).toMatchObject({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: expect.any(Number) });
    expect(first.cache_creation_input_tokens).toBeGreaterThan(2000);
    const plain = { ...result, content: [{ type: 'text', text: long('r') }] };
    const later = [...messages.slice(0, 2), { role: 'user', content: [plain] }];
    const second = (await ask({ messages: later, cache_control: { type: 'ephemeral' } })).json.usage as Json;
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
  });

  test('count_tokens counts what a turn would be billed for', async () => {
    await start({ script: { steps: [{ text: 'over' }] } });
    const counted = await ask({ system: long('s') }, '/v1/messages/count_tokens');
    const { usage } = (await ask({ system: long('s') })).json as { usage: { input_tokens: number } };
    expect(counted.json).toEqual({ input_tokens: usage.input_tokens });
    expect(upstream!.requests.map(({ answer }) => answer?.played)).toEqual(['count', 'step 0']);
  });
});

describe('the wire', () => {
  test('probes, models, unknown paths, prefixes and packed bodies', async () => {
    await start({ script: { steps: [{ text: 'over' }] } });
    const get = (path: string, method = 'GET') => fetch(`${upstream!.url}${path}`, { method });
    expect((await get('/', 'HEAD')).status).toBe(200);
    const list = (await (await get('/v1/models')).json()) as { data: { id: string }[] };
    expect((await get(`/v1/models/${list.data[0]!.id}`)).status).toBe(200);
    expect((await get('/v1/models/none')).status).toBe(404);
    expect(await (await get('/v1/other')).json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    expect((await ask({}, '/gateway/v1/messages')).status).toBe(200);
    const packed = gzipSync(JSON.stringify({ model: 'm', messages: [prompt] }));
    expect((await ask({}, '/v1/messages', { body: packed, headers: { 'content-encoding': 'gzip' } })).status).toBe(200);
    expect(upstream!.requests.at(-1)).toMatchObject({ method: 'POST', path: '/v1/messages', json: { model: 'm' } });
  });

  test('a request is shown before it is answered, and the answer waits', async () => {
    const seen: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await start({
      script: { steps: [{ text: 'over' }] },
      onRequest(request) {
        seen.push(`${request.path} ${request.answer?.status}`);
        return held;
      },
    });
    const asked = ask({}).then(() => seen.push('answered'));
    while (seen.length === 0) await new Promise(setImmediate);
    seen.push('released');
    release();
    await asked;
    expect(seen).toEqual(['/v1/messages undefined', 'released', 'answered']);
    expect(upstream!.requests[0]).toMatchObject({ complete: true, answer: { status: 200, played: 'step 0' } });
  });
});

function parseEvents(text: string): Json[] {
  const events: Json[] = [];
  const parser = createParser({
    onEvent({ event, data }) {
      events.push(JSON.parse(data) as Json);
      expect(events.at(-1)!.type).toBe(event);
    },
  });
  parser.feed(text);
  return events;
}

/** Puts the deltas together as a client does. */
function assemble(events: readonly Json[]): Content {
  const content: Content = [];
  const partial: string[] = [];
  for (const event of events as readonly (Json & { index: number; delta: Record<string, string>; content_block: Content[number] })[]) {
    const block = content[event.index]!;
    if (event.type === 'content_block_start') content[event.index] = { ...event.content_block };
    if (event.type !== 'content_block_delta') continue;
    const { type, partial_json: json, signature, ...text } = event.delta;
    if (json !== undefined) partial[event.index] = (partial[event.index] ?? '') + json;
    if (signature !== undefined) block.signature = signature;
    for (const [key, value] of Object.entries(text)) block[key] = `${block[key]}${value}`;
    expect(type).toMatch(/_delta$/);
  }
  partial.forEach((json, index) => {
    content[index]!.input = JSON.parse(json);
  });
  return content;
}
