/** The scripted upstream as an agent meets it: the step, the calls, streams and refusals. */
import { afterEach, describe, expect, test } from 'vitest';
import type { UpstreamOptions } from '../src/demo/upstream.ts';
import { answered, assemble, type Client, type Json, openUpstream, parseEvents, prompt, tools } from './helpers/upstream-client.ts';

const opened: Client[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

async function open(options: UpstreamOptions): Promise<Client> {
  const client = await openUpstream(options);
  opened.push(client);
  return client;
}

describe('the step', () => {
  test('follows from the request alone: turns with calls since the last prompt', async () => {
    const upstream = await open({ script: { steps: [{ calls: [{ shell: 'one' }] }, { calls: [{ shell: 'two' }] }, { text: 'over' }] } });
    const first = await upstream.ask({});
    expect(first.content).toMatchObject([
      { type: 'tool_use', name: 'Bash', input: { command: 'one', description: 'Run a scripted command' } },
    ]);
    const second = answered([prompt], first.content);
    expect((await upstream.ask({ messages: second })).content[0]).toMatchObject({ input: { command: 'two' } });
    // The same request gets the same answer however often it comes, and whatever came between.
    expect((await upstream.ask({})).content).toEqual(first.content);
    expect((await upstream.ask({ messages: second })).content[0]).toMatchObject({ input: { command: 'two' } });
    const asked = [...second, { role: 'assistant', content: 'over' }, { role: 'user', content: 'again' }];
    expect((await upstream.ask({ messages: asked })).content[0]).toMatchObject({ input: { command: 'one' } });
  });

  test('is not moved by reminders, and side requests without tools get the side text', async () => {
    const upstream = await open({ script: { sideText: 'A title', steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] } });
    const first = await upstream.ask({});
    const messages = [...answered([prompt], first.content), { role: 'system', content: 'note' }];
    const reminded = [...messages, { role: 'user', content: [{ type: 'text', text: '<system-reminder>x</system-reminder>' }] }];
    expect((await upstream.ask({ messages: reminded })).content).toEqual([{ type: 'text', text: 'over' }]);
    expect((await upstream.ask({ tools: [] })).content).toEqual([{ type: 'text', text: 'A title' }]);
    const format = { type: 'json_schema', schema: { required: ['title'] } };
    expect((await upstream.ask({ tools: [], output_config: { format } })).content).toEqual([{ type: 'text', text: '{"title":"A title"}' }]);
    const summary = [...messages.slice(0, -1), { role: 'user', content: 'Respond with TEXT ONLY: a detailed summary of the conversation' }];
    const { content: results } = messages.at(-2) as { content: object[] };
    const text = 'Respond with TEXT ONLY';
    const besideResults = [...messages.slice(0, -2), { role: 'user', content: [...results, { type: 'text', text }] }];
    for (const asked of [summary, besideResults])
      expect((await upstream.ask({ messages: asked })).content[0]).toMatchObject({
        type: 'text',
        text: expect.stringContaining('<summary>'),
      });
  });

  test('a conversation of its own prompt plays its own steps', async () => {
    const upstream = await open({
      script: { steps: [{ text: 'main' }], conversations: [{ prompt: 'subtask', steps: [{ text: 'sub' }] }] },
    });
    expect((await upstream.ask({})).content).toEqual([{ type: 'text', text: 'main' }]);
    expect((await upstream.ask({ messages: [{ role: 'user', content: 'do the subtask' }] })).content).toEqual([
      { type: 'text', text: 'sub' },
    ]);
  });

  test('may fail first, and may be an error', async () => {
    const upstream = await open({ script: { steps: [{ calls: [{ shell: 'one' }], failures: [529, 500] }, { status: 403 }] } });
    expect(await upstream.ask({})).toMatchObject({ status: 529, json: { type: 'error', error: { type: 'overloaded_error' } } });
    expect((await upstream.ask({})).status).toBe(500);
    const first = await upstream.ask({});
    expect(first.status).toBe(200);
    for (let round = 0; round < 2; round++) expect((await upstream.ask({ messages: answered([prompt], first.content) })).status).toBe(403);
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
    const upstream = await open({ script: { steps: [{ calls, text: 'Now:' }] } });
    const { content, json } = await upstream.ask({});
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
    const again = await upstream.ask({ tools: [...tools, grep] });
    expect(again.content[2]).toMatchObject({ name: 'Grep', input: { pattern: "it's", path: '/p', output_mode: 'content' } });
  });

  test('without a tool that fits the agent gets a server error that says so', async () => {
    const upstream = await open({ script: { steps: [{ calls: [{ edit: '/p', from: 'x', to: 'y' }] }] } });
    expect(await upstream.ask({ tools: tools.slice(0, 1) })).toMatchObject({
      status: 500,
      json: { error: { message: expect.stringMatching(/no tool to edit .* Bash/) } },
    });
  });
});

describe('a streamed turn', () => {
  test('puts together to the same message as the plain one, in the order of the provider', async () => {
    const calls = [{ shell: `echo ${'🙂é'.repeat(30)}` }, { read: '/p' }];
    const upstream = await open({ script: { thinking: 'Let me think about all of it.', steps: [{ calls, text: 'Two things.' }] } });
    const body = { thinking: { type: 'adaptive', display: 'updates' }, safeguards: [{ type: 'dangerous_tool_use' }] };
    const plain = await upstream.ask(body);
    const reply = await fetch(`${upstream.url}/v1/messages?beta=true`, {
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
    const upstream = await open({ script: { thinking: 'Hm.', steps: [{ text: 'Fine.' }] } });
    const plain = await upstream.ask({});
    expect(plain.content).toEqual([{ type: 'text', text: 'Fine.' }]);
    expect(plain.json).not.toHaveProperty('safeguard_results');
    const { content } = await upstream.ask({ thinking: { type: 'adaptive', display: 'omitted' } });
    expect(content[0]).toMatchObject({ type: 'thinking', thinking: '', signature: expect.stringMatching(/.{20}/) });
  });
});

describe('like the provider it refuses', () => {
  const script = { thinking: 'Careful now.', steps: [{ calls: [{ shell: 'one' }] }, { text: 'over' }] };
  const thinking = { type: 'enabled', budget_tokens: 1024 };

  test('thinking that was touched', async () => {
    const upstream = await open({ script });
    const { content } = await upstream.ask({ thinking });
    expect((await upstream.ask({ thinking, messages: answered([prompt], content) })).status).toBe(200);
    const touched = content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'Careless now.' } : block));
    expect(await upstream.ask({ thinking, messages: answered([prompt], touched) })).toMatchObject({
      status: 400,
      json: { error: { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' } },
    });
  });

  test('calls and results that do not pair up, empty texts, five breakpoints, no JSON', async () => {
    const upstream = await open({ script });
    const { content } = await upstream.ask({});
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
      expect(await upstream.ask(body)).toMatchObject({ status: 400, json: { error: { message: expect.stringMatching(message) } } });
    expect((await upstream.ask({}, '/v1/messages', { body: '{' })).status).toBe(400);
  });
});
