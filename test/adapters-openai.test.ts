/** `withHeadroom` for `openai`, with the real SDK: what of its requests stays, what its helpers give, and what is left alone. */
import OpenAI, { AzureOpenAI } from 'openai';
import { expect, test } from 'vitest';
import { withHeadroom } from '../src/adapters/openai.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { type Answer, startUpstream } from './helpers/loopback-upstream.ts';
import { ownFolder } from './helpers/own-folder.ts';
import { answerSdk, sdkCases } from './helpers/sdk-cases.ts';

const folder = ownFolder();

const closing = closesAfterEach();
const open = (reply: Answer = answerSdk) => closing(startUpstream(reply));
const talk = [{ role: 'user', content: 'what is wrong?' }, ask('a'), answer('a')];

const connect = async (reply?: Answer) => {
  const upstream = await open(reply);
  const bare = new OpenAI({ apiKey: 'k', baseURL: `${upstream.url}/v1`, maxRetries: 0 });
  const bodies = () => upstream.requests.map(({ body }) => body.toString());
  return { upstream, bare, client: withHeadroom(bare, { folder }), bodies };
};
const messages = sdkCases[1]!.spell(talk) as never as OpenAI.ChatCompletionMessageParam[];
const input = sdkCases[2]!.spell(talk) as never as OpenAI.Responses.ResponseInput;

test('keeps its helpers', async () => {
  const { client, upstream } = await connect();
  const chat = { model: 'm', messages };
  const { data, response, request_id: id } = await client.chat.completions.create(chat).withResponse();
  expect([data.choices[0]?.message.content, response.status, id]).toEqual(['ok', 200, 'req_1']);
  expect((await client.chat.completions.create(chat).asResponse()).status).toBe(200);
  expect((await client.chat.completions.parse(chat)).choices[0]?.message.content).toBe('ok');
  expect(await client.chat.completions.stream(chat).finalContent()).toBe('ok');
  expect((await client.responses.create({ model: 'm', input })).output_text).toBe('ok');
  expect((await client.responses.parse({ model: 'm', input })).output_text).toBe('ok');
  expect((await client.responses.stream({ model: 'm', input }).finalResponse()).output_text).toBe('ok');
  for (const { body } of upstream.requests) expect(body.toString()).toContain('not shown');
  expect(upstream.requests).toHaveLength(7);
});

test('shrinks what a loop of tools brings back', async () => {
  const call = { id: 'a', type: 'function', function: { name: 'logs', arguments: '{}' } };
  const { client, bodies } = await connect((seen) => {
    if (seen.body.includes('"role":"tool"')) answerSdk(seen);
    else
      seen.response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
          choices: [{ index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: null, tool_calls: [call] } }],
        }),
      );
  });
  const tool = { type: 'function', function: { name: 'logs', description: 'd', parameters: {}, parse: JSON.parse, function: () => log } };
  const runner = client.chat.completions.runTools({ model: 'm', messages: messages.slice(0, 1), tools: [tool as never] });
  expect(await runner.finalContent()).toBe('ok');
  expect(bodies()[1]).toContain('not shown');
});

test('keeps pictures in results, and items and parts that nobody knows', async () => {
  const { bare, client, bodies } = await connect();
  const rich = [
    { type: 'reasoning', id: 'r', summary: [], encrypted_content: 'x' },
    ...input.slice(0, -1),
    { type: 'from_tomorrow', output: log },
    { type: 'web_search_call', id: 'w', status: 'completed', action: { type: 'search', query: 'q' } },
    {
      ...{ type: 'function_call_output', call_id: 'a' },
      output: [
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
        { type: 'input_text', text: log },
        { type: 'input_file', file_id: 'f' },
      ],
    },
  ] as OpenAI.Responses.ResponseInput;
  await bare.responses.create({ model: 'm', input: rich, instructions: log, prompt_cache_key: 'k' });
  await client.responses.create({ model: 'm', input: rich, instructions: log, prompt_cache_key: 'k' });
  const [before = '', after = ''] = bodies();
  const { output } = (JSON.parse(after) as { input: { output: { text: string }[] }[] }).input.at(-1)!;
  const spelled = (text: string) => `{"type":"input_text","text":${JSON.stringify(text)}}`;
  expect(output[1]!.text).toContain('not shown');
  expect(after).toBe(before.replace(spelled(log), spelled(output[1]!.text)));
});

test('makes no notes of repeats where the provider may leave out what stands above', async () => {
  const { client, bodies } = await connect();
  const file = Array.from({ length: 60 }, (_, n) => `const value${n} = compute(${n * 7}, 'name ${n}');`).join('\n');
  const again = sdkCases[2]!.spell([ask('a', 'cat a.ts'), answer('a', file), ask('b', 'cat a.ts'), answer('b', file)]) as never;
  await client.responses.create({ model: 'm', input: again });
  await client.responses.create({ model: 'm', input: again, truncation: 'auto' });
  expect(bodies().map((body) => body.includes('as above'))).toEqual([true, false]);
});

test('sends everything else as it is, and a question that is a text', async () => {
  const { bare, client, bodies } = await connect();
  for (const each of [bare, client]) {
    await each.embeddings.create({ model: 'm', input: [log], encoding_format: 'float' });
    await each.completions.create({ model: 'm', prompt: log });
    await each.responses.create({ model: 'm', input: log });
  }
  expect(bodies().slice(3)).toEqual(bodies().slice(0, 3));
});

test('goes to a deployment on Azure as before', async () => {
  const upstream = await open();
  const azure = new AzureOpenAI({ apiKey: 'k', apiVersion: '2024-10-21', endpoint: upstream.url, deployment: 'mine', maxRetries: 0 });
  for (const each of [azure, withHeadroom(azure, { folder })]) await each.chat.completions.create({ model: 'm', messages });
  const [before, after] = upstream.requests;
  expect(after!.url).toBe(before!.url);
  expect(after!.url).toBe('/openai/deployments/mine/chat/completions?api-version=2024-10-21');
  expect([before, after].map((seen) => seen!.request.headers['api-key'])).toEqual(['k', 'k']);
  expect(after!.body.toString()).toContain('not shown');
});
