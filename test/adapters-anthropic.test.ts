/** `withHeadroom` for `@anthropic-ai/sdk`, with the real SDK: what of its requests stays, what its helpers give, and what is left alone. */
import Anthropic from '@anthropic-ai/sdk';
import { expect, test } from 'vitest';
import { withHeadroom } from '../src/adapters/anthropic.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { type Answer, startUpstream } from './helpers/loopback-upstream.ts';
import { ownFolder } from './helpers/own-folder.ts';
import { answerSdk } from './helpers/sdk-cases.ts';

const folder = ownFolder();

const closing = closesAfterEach();
const open = (reply: Answer = answerSdk) => closing(startUpstream(reply));
const talk = [{ role: 'user', content: 'what is wrong?' }, ask('a'), answer('a')];

const connect = async (reply?: Answer) => {
  const upstream = await open(reply);
  const bare = new Anthropic({ apiKey: 'k', baseURL: upstream.url, maxRetries: 0 });
  const bodies = () => upstream.requests.map(({ body }) => body.toString());
  return { upstream, bare, client: withHeadroom(bare, { folder }), bodies };
};
const messages = talk as Anthropic.MessageParam[];

test('loses no image, thinking, mark, file or block that nobody knows', async () => {
  const { bare, client, bodies } = await connect();
  const mark = { type: 'ephemeral', ttl: '1h' } as const;
  const rich = [
    { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'redacted_thinking', data: 'r' },
        { type: 'from_tomorrow', x: [1, { y: null }] },
        ...ask('a').content,
      ],
    },
    {
      role: 'user',
      content: [
        {
          ...{ type: 'tool_result', tool_use_id: 'a', is_error: false, cache_control: mark },
          content: [
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            { type: 'text', text: log, cache_control: mark },
            { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: log }] },
          ],
        },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: log }, citations: { enabled: true } },
        { type: 'text', text: log, cache_control: mark },
      ],
    },
  ] as Anthropic.MessageParam[];
  const params: Anthropic.MessageCreateParamsNonStreaming = {
    ...{ model: 'm', max_tokens: 9, messages: rich, thinking: { type: 'enabled', budget_tokens: 1024 } },
    system: [{ type: 'text', text: log, cache_control: mark }],
    tools: [{ name: 'Bash', description: log, input_schema: { type: 'object' }, cache_control: mark }],
  };
  const given = structuredClone(params);
  await bare.messages.create(params);
  await client.messages.create(params);
  expect(params).toEqual(given);
  const [before = '', after = ''] = bodies();
  const textIn = (body: string) => (JSON.parse(body) as typeof params & { messages: typeof rich }).messages[2]!.content[0] as never;
  const [from, to] = [before, after].map((body) => (textIn(body) as { content: { text: string }[] }).content[1]!.text);
  const spelled = (text = '') =>
    `{"type":"text","text":${JSON.stringify(text)},"cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"search`;
  expect(to).toContain('not shown');
  expect(after).toBe(before.replace(spelled(from), spelled(to)));
});

test('keeps its helpers', async () => {
  const { client, upstream } = await connect();
  const params = { model: 'm', max_tokens: 9, messages };
  const { data, response, request_id: id } = await client.messages.create(params).withResponse();
  expect([data.content[0], response.status, id]).toEqual([{ type: 'text', text: 'ok' }, 200, 'req_1']);
  expect(((await (await client.messages.create(params).asResponse()).json()) as typeof data).id).toBe(data.id);
  expect((await client.messages.create(params))._request_id).toBe('req_1');
  const texts: string[] = [];
  const streamed = client.messages.stream(params).on('text', (text) => texts.push(text));
  expect([await streamed.finalText(), texts]).toEqual(['ok', ['o', 'k']]);
  for (const { body } of upstream.requests) expect(body.toString()).toContain('not shown');
  expect(upstream.requests).toHaveLength(4);
});

test('shrinks what a loop of tools brings back', async () => {
  const call = { type: 'tool_use', id: 'a', name: 'logs', input: {} };
  const { client, bodies } = await connect((seen) => {
    if (seen.body.includes('"tool_result"')) answerSdk(seen);
    else
      seen.response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [call],
          usage: {},
          stop_reason: 'tool_use',
        }),
      );
  });
  const tool = {
    type: 'custom',
    name: 'logs',
    input_schema: { type: 'object' },
    parse: (input: unknown) => input,
    run: () => log,
  } as never;
  const final = await client.beta.messages.toolRunner({ model: 'm', max_tokens: 9, messages: talk.slice(0, 1) as never, tools: [tool] });
  expect(final.content[0]).toMatchObject({ text: 'ok' });
  expect(bodies()[1]).toContain('not shown');
});

test('makes no notes of repeats where the request has results cleared', async () => {
  const { client, bodies } = await connect();
  const file = Array.from({ length: 60 }, (_, n) => `const value${n} = compute(${n * 7}, 'name ${n}');`).join('\n');
  const again = [ask('a', 'cat a.ts'), answer('a', file), ask('b', 'cat a.ts'), answer('b', file)] as Anthropic.MessageParam[];
  await client.messages.create({ model: 'm', max_tokens: 9, messages: again });
  const edits = [{ type: 'clear_tool_uses_20250919' }];
  await client.messages.create({ model: 'm', max_tokens: 9, messages: again, context_management: { edits } } as never);
  expect(bodies().map((body) => body.includes('as above'))).toEqual([true, false]);
});

test('sends everything else as it is', async () => {
  const { bare, client, bodies, upstream } = await connect();
  const params = { model: 'm', max_tokens: 9, messages };
  for (const each of [bare, client]) {
    await each.messages.batches.create({ requests: [{ custom_id: 'a', params }] });
    await each.post('/v1/somewhere', { body: { messages } });
    await each.models.list();
  }
  const [first, second, , ...wrapped] = bodies();
  expect(wrapped).toEqual([first, second, '']);
  expect(upstream.requests.map(({ url }) => url)[3]).toBe('/v1/messages/batches');
});
