/** The scripted upstream's Chat Completions face: what it plays, refuses and bills, plain and streamed. */
import { createParser } from 'eventsource-parser';
import { expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { openaiChat } from '../src/protocols/openai-chat.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';

const open = closesAfterEach();
const tools = [{ type: 'function', function: { name: 'bash', parameters: { properties: { command: {} } } } }];
const prompt = { role: 'user', content: 'Please work' };

interface Completion {
  readonly choices: readonly [
    {
      readonly finish_reason: string;
      readonly message: Record<string, unknown> & { content: string | null; tool_calls?: { id: string }[] };
    },
  ];
  readonly usage: { readonly prompt_tokens: number; readonly prompt_tokens_details: { readonly cached_tokens: number } };
  readonly error?: { readonly message: string };
}

interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly [{ readonly function: { readonly arguments: string } }];
}

async function post(upstream: Upstream, body: object): Promise<{ readonly status: number; readonly text: string }> {
  const full = { model: 'gpt-5.2', messages: [prompt], ...body };
  const reply = await fetch(`${upstream.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(full) });
  return { status: reply.status, text: await reply.text() };
}

async function ask(upstream: Upstream, body: object): Promise<Completion> {
  return JSON.parse((await post(upstream, body)).text) as Completion;
}

test('a conversation with tools is played step by step, and its prefix is read from the cache', async () => {
  const script = { steps: [{ text: 'Look:', calls: [{ shell: 'ls' }, { shell: 'pwd' }] }, { text: 'over' }] };
  const upstream = await open(startUpstream({ script, cache: { minimumTokens: 1 } }));
  const first = await ask(upstream, { tools });
  const { message } = first.choices[0];
  expect(first.choices[0].finish_reason).toBe('tool_calls');
  expect(message).toMatchObject({
    ...{ role: 'assistant', content: 'Look:' },
    tool_calls: [
      { type: 'function', function: { name: 'bash', arguments: '{"command":"ls"}' } },
      { function: { arguments: '{"command":"pwd"}' } },
    ],
  });
  const results = message.tool_calls!.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'a.txt' }));
  const last = await ask(upstream, { tools, messages: [prompt, message, ...results] });
  expect(last.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'over' } });
  expect(last.usage.prompt_tokens_details.cached_tokens).toBe(first.usage.prompt_tokens);
  expect(last.usage.prompt_tokens).toBeGreaterThan(first.usage.prompt_tokens);
});

test('agents without tools get plain steps, counted by what was played, and side answers', async () => {
  const script = { steps: [], sideText: 'fix: it', plainSteps: [{ text: 'one\n' }, { status: 429 }] };
  const upstream = await open(startUpstream({ script }));
  const text = async (...messages: object[]) => (await ask(upstream, { messages })).choices[0].message.content;
  expect(await text(prompt, { role: 'assistant', content: 'Ok.' }, prompt)).toBe('one\n');
  expect(await text({ role: 'system', content: 'Write a one-line commit message' }, prompt)).toBe('fix: it');
  const played = [prompt, { role: 'assistant', content: [{ type: 'text', text: 'one' }] }, prompt];
  expect(await post(upstream, { messages: played })).toMatchObject({ status: 429, text: expect.stringContaining('"type":"requests"') });
});

test('a stream puts together to the plain reply, and has usage only where it was asked for', async () => {
  const upstream = await open(startUpstream({ script: { steps: [{ text: 'Grüße 😀 to you', calls: [{ shell: 'echo "é"' }] }] } }));
  const plain = await ask(upstream, { tools });
  for (const options of [undefined, { include_usage: true }]) {
    const { text } = await post(upstream, { tools, stream: true, stream_options: options });
    const reader = openaiChat.createUsageReader();
    const data: string[] = [];
    createParser({ onEvent: (event) => data.push(event.data) }).feed(text);
    for (const each of data) reader.event(each);
    expect(data.at(-1)).toBe('[DONE]');
    const deltas = data.slice(0, -1).flatMap((each) => JSON.parse(each).choices.map(({ delta }: { delta: Delta }) => delta)) as Delta[];
    const joined = (pick: (delta: Delta) => string | undefined) => deltas.map((delta) => pick(delta) ?? '').join('');
    expect(joined(({ content }) => content)).toBe(plain.choices[0].message.content);
    expect(joined(({ tool_calls: calls }) => calls?.[0].function.arguments)).toBe(JSON.stringify({ command: 'echo "é"' }));
    expect(reader.usage() === undefined).toBe(options === undefined);
  }
});

test('like the provider it refuses calls without results, results without calls, and no messages', async () => {
  const upstream = await open(startUpstream({ script: { steps: [{ text: 'over' }] } }));
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'bash', arguments: '{}' } }],
  };
  const result = { role: 'tool', tool_call_id: 'a', content: 'x' };
  for (const messages of [[], [prompt, call, prompt], [prompt, result], [prompt, call, result, result]])
    expect(await post(upstream, { tools, messages })).toMatchObject({
      status: 400,
      text: expect.stringContaining('invalid_request_error'),
    });
  expect((await post(upstream, { tools, messages: [prompt, call, result] })).status).toBe(200);
});
