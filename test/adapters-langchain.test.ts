/** The adapter for LangChain.js, with its real packages: what of a request stays, whatever way a model is called, bound or made anew. */
import { ChatAnthropic } from '@langchain/anthropic';
import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { ChatOpenAI } from '@langchain/openai';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withHeadroom } from '../src/adapters/langchain.ts';
import type { AdapterOptions } from '../src/adapters/options.ts';
import { type Compression, createHeadroom } from '../src/index.ts';
import { log } from './helpers/big-result.ts';
import { conversation } from './helpers/conversations.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';
import { messageSpellings, resultTexts, withoutResults } from './helpers/message-spellings.ts';
import { ownFolder } from './helpers/own-folder.ts';
import { recordEach } from './helpers/recording.ts';
import { answerSdk } from './helpers/sdk-cases.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

const folder = ownFolder();
const recording = recordEach();

const closing = closesAfterEach();
const ask = (id: string, command = 'docker logs web') =>
  new AIMessage({ content: '', tool_calls: [{ id, name: 'Bash', args: { command }, type: 'tool_call' }] });
const answer = (id: string, content = log) => new ToolMessage({ content, tool_call_id: id, name: 'Bash', artifact: { raw: 1 } });
const talk = () => [new HumanMessage('what is wrong?'), ask('a'), answer('a')];
/** Messages of Chat Completions, as LangChain has them. */
const spell = (messages: readonly unknown[]): BaseMessage[] =>
  (messageSpellings[1]!.spell(messages as never) as { role: string; content: string; tool_call_id: string; tool_calls?: Called[] }[]).map(
    ({ role, content, tool_call_id, tool_calls: calls = [] }) => {
      // Parts are sent to Responses as JSON in a text.
      if (role === 'tool') return new ToolMessage({ content: resultTexts([{ role, content }]).join('\n'), tool_call_id });
      if (role !== 'assistant') return role === 'system' ? new SystemMessage(content) : new HumanMessage(content ?? '');
      const tool_calls = calls.map(({ id, function: { name, arguments: json } }) => ({
        id,
        name,
        args: JSON.parse(json) as Record<string, unknown>,
      }));
      return new AIMessage({ content: content ?? '', tool_calls });
    },
  );
interface Called {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

const models = {
  ChatAnthropic: (url: string) => new ChatAnthropic({ apiKey: 'k', model: 'claude-test', anthropicApiUrl: url, maxRetries: 0 }),
  ChatOpenAI: (url: string) => new ChatOpenAI({ apiKey: 'k', model: 'gpt-test', configuration: { baseURL: url }, maxRetries: 0 }),
  'ChatOpenAI on Responses': (url: string) =>
    new ChatOpenAI({ apiKey: 'k', model: 'gpt-test', configuration: { baseURL: url }, maxRetries: 0, useResponsesApi: true }),
};

describe.each(Object.entries(models))('%s', (name, make) => {
  const wrap = (url: string, options?: AdapterOptions) => withHeadroom(make(url) as ChatOpenAI, { folder, ...options });
  const messagesIn = (body: string) => {
    const { messages, input } = JSON.parse(body) as { messages?: unknown[]; input?: unknown[] };
    return messages ?? input ?? [];
  };

  test('sends smaller results, and the rest of the body to the byte; the messages stay as they are', async () => {
    let shrunk = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async (each) => {
        const messages = spell(each);
        const given = JSON.stringify(messages);
        recording.sent.length = 0;
        await make(recording.url).invoke(messages);
        await wrap(recording.url).invoke(messages);
        await wrap(recording.url, { headroom: createHeadroom({ folder }) }).invoke(messages.slice(0, -2));
        expect(JSON.stringify(messages)).toBe(given);
        const [bare, wrapped, shorter] = recording.sent.map(({ body }) => body) as [string, string, string];
        expect(JSON.stringify(withoutResults([JSON.parse(wrapped)]))).toBe(JSON.stringify(withoutResults([JSON.parse(bare)])));
        const texts = resultTexts(messagesIn(wrapped));
        expect(texts).toEqual(resultTexts((await createHeadroom({ folder }).compress(messagesIn(bare))).messages));
        expect(texts.slice(0, resultTexts(messagesIn(shorter)).length)).toEqual(resultTexts(messagesIn(shorter)));
        if (wrapped !== bare) shrunk++;
      }),
      { numRuns: 10 },
    );
    expect(shrunk).toBeGreaterThan(4);
  });

  test('does so whatever way it is called', async () => {
    const upstream = await closing(startUpstream(answerSdk));
    const model = wrap(upstream.url);
    const logs = tool(async () => log, { name: 'Bash', description: 'd', schema: { type: 'object', properties: {} } as const });
    const texts: unknown[] = [(await model.invoke(talk())).text];
    texts.push((await model.bindTools([logs]).invoke(talk())).text);
    texts.push((await model.withConfig({ stop: ['x'] }).invoke(talk())).text);
    texts.push((await model.batch([talk()]))[0]!.text);
    texts.push(
      (
        await ChatPromptTemplate.fromMessages([['placeholder', '{talk}']])
          .pipe(model)
          .invoke({ talk: talk() })
      ).text,
    );
    let streamed = '';
    for await (const chunk of await model.stream(talk())) streamed += chunk.text;
    let bound = '';
    for await (const chunk of await model.bindTools([logs]).stream(talk())) bound += chunk.text;
    for await (const _ of model.streamEvents(talk(), { version: 'v2' }));
    // On Responses the scripted stream says it all at the end.
    if (name !== 'ChatOpenAI on Responses') texts.push(streamed, bound);
    expect(texts).toEqual(texts.map(() => 'ok'));
    expect(upstream.requests).toHaveLength(8);
    for (const { body } of upstream.requests) expect(body.toString()).toContain('not shown');
  });

  test('throws what it would throw, and ends at upstream when it is aborted', async () => {
    const upstream = await closing(
      startUpstream(({ body, response }) => {
        if (body.includes('refuse')) response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
      }),
    );
    const refused = [new SystemMessage('refuse'), ...talk()];
    const [bare, wrapped] = await Promise.all(
      [make(upstream.url) as ChatOpenAI, wrap(upstream.url)].map((model) => model.invoke(refused).catch((thrown: Error) => thrown)),
    );
    expect(wrapped).toMatchObject({ constructor: (bare as Error).constructor, message: (bare as Error).message, status: 400 });
    const controller = new AbortController();
    const outcome = wrap(upstream.url)
      .invoke(talk(), { signal: controller.signal })
      .catch((thrown: Error) => thrown);
    const seen = await upstream.seen(2);
    controller.abort();
    expect(await outcome).toBeInstanceOf(Error);
    await seen.closed;
  });
});

test('pictures, thinking, marks and what belongs to a message stay', async () => {
  const mark = { cache_control: { type: 'ephemeral' } };
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
  const said = new AIMessage({
    content: [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'tool_use', id: 'a', name: 'Bash', input: { command: 'docker logs web' } },
    ],
    tool_calls: [{ id: 'a', name: 'Bash', args: { command: 'docker logs web' }, type: 'tool_call' }],
  });
  const result = new ToolMessage({
    ...{
      content: [image, { type: 'text', text: log, ...mark }] as never,
      tool_call_id: 'a',
      status: 'error' as const,
      artifact: { raw: 1 },
    },
  });
  const messages = [new SystemMessage({ content: [{ type: 'text', text: log, ...mark }] }), new HumanMessage(log), said, result];
  const told: Compression<unknown>[] = [];
  await models.ChatAnthropic(recording.url).invoke(messages);
  await withHeadroom(models.ChatAnthropic(recording.url), { folder, onCompressed: (compression) => told.push(compression) }).invoke(
    messages,
  );
  const [bare = '', wrapped = ''] = recording.sent.map(({ body }) => body);
  const [text = ''] = resultTexts((JSON.parse(wrapped) as { messages: unknown[] }).messages);
  expect(text).toContain('not shown');
  const at = bare.indexOf('"tool_result"');
  expect(wrapped).toBe(bare.slice(0, at) + bare.slice(at).replace(JSON.stringify(log), JSON.stringify(text)));
  expect(told).toEqual([expect.objectContaining({ compressed: true, ccrHashes: [expect.any(String)] })]);
});

test('no note says that lines stand above where the provider is to clear results', async () => {
  const file = Array.from({ length: 60 }, (_, n) => `const value${n} = compute(${n * 7}, 'name ${n}');`).join('\n');
  const messages = [new HumanMessage('go'), ask('a', 'cat a.ts'), answer('a', file), ask('b', 'cat a.ts'), answer('b', file)];
  await withHeadroom(models.ChatAnthropic(recording.url), { folder }).invoke(messages);
  const contextManagement = { edits: [{ type: 'clear_tool_uses_20250919' as const }] };
  const clearing = new ChatAnthropic({ apiKey: 'k', model: 'claude-test', anthropicApiUrl: recording.url, contextManagement });
  await withHeadroom(clearing, { folder }).invoke(messages);
  expect(recording.sent.map(({ body }) => body.includes('as above'))).toEqual([true, false]);
});

test('a model that does not stream, and one that sees what it is given', async () => {
  const seen: BaseMessage[][] = [];
  class Own extends FakeListChatModel {
    override async _generate(...given: Parameters<FakeListChatModel['_generate']>): ReturnType<FakeListChatModel['_generate']> {
      seen.push(given[0]);
      return super._generate(...given);
    }
  }
  const model = withHeadroom(new Own({ responses: ['fine'] }), { folder });
  const messages = talk();
  expect((await model.invoke(messages)).text).toBe('fine');
  const [first, , last] = seen[0]!;
  expect(first).toBe(messages[0]);
  expect(last).toBeInstanceOf(ToolMessage);
  expect(last).toMatchObject({ tool_call_id: 'a', name: 'Bash', artifact: { raw: 1 }, content: expect.stringContaining('not shown') });
  expect(JSON.stringify(last)).toContain('not shown');
  expect(last!.text).toContain('not shown');
  expect(messages[2]!.content).toBe(log);
  expect(model).toBeInstanceOf(Own);
  let text = '';
  for await (const chunk of await model.stream(messages)) text += chunk.text;
  expect(text).toBe('fine');
});

test('says no to options and models that make no sense', () => {
  expect(() => withHeadroom(models.ChatAnthropic('http://x.test'), { profile: 'tiny' as never })).toThrow(TypeError);
  for (const none of [undefined, {}, { invoke: () => {} }]) expect(() => withHeadroom(none as never)).toThrow(/no chat model/);
});
