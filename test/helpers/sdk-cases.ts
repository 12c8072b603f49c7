/** The APIs that the clients of two SDKs speak: how each is sent messages, and what an upstream answers so that the client is content. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { Answer } from './loopback-upstream.ts';
import { messageSpellings } from './message-spellings.ts';

type Messages = readonly unknown[];

/** What tests know of a client. */
export interface SdkClient {
  withOptions(options: object): SdkClient;
}

export interface SdkCase<Client = SdkClient> {
  readonly name: string;
  readonly format: 'anthropic' | 'openai' | 'responses';
  /** The member of a body that holds the messages. */
  readonly list: 'messages' | 'input';
  readonly spell: (typeof messageSpellings)[number]['spell'];
  readonly open: (baseURL: string, options?: { readonly maxRetries?: number }) => Client;
  readonly send: (client: Client, messages: Messages, options?: { readonly signal?: AbortSignal }) => Promise<unknown>;
  readonly count: ((client: Client, messages: Messages) => Promise<unknown>) | undefined;
  /** The events of a stream, as the client gives them. */
  readonly stream: (client: Client, messages: Messages) => Promise<AsyncIterable<unknown>>;
}

const as = <T>(messages: Messages) => messages as never as T;

const anthropic: SdkCase<Anthropic> = {
  name: 'messages of @anthropic-ai/sdk',
  format: 'anthropic',
  list: 'messages',
  spell: messageSpellings[0]!.spell,
  open: (baseURL, options) => new Anthropic({ apiKey: 'k', baseURL, maxRetries: 0, ...options }),
  send: (client, messages, options) => client.messages.create({ model: 'm', max_tokens: 9, messages: as(messages) }, options),
  count: (client, messages) => client.messages.countTokens({ model: 'm', messages: as(messages) }),
  stream: (client, messages) => client.messages.create({ model: 'm', max_tokens: 9, messages: as(messages), stream: true }),
};

const chat: SdkCase<OpenAI> = {
  name: 'chat.completions of openai',
  format: 'openai',
  list: 'messages',
  spell: messageSpellings[1]!.spell,
  open: (baseURL, options) => new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0, ...options }),
  send: (client, messages, options) => client.chat.completions.create({ model: 'm', messages: as(messages) }, options),
  count: undefined,
  stream: (client, messages) => client.chat.completions.create({ model: 'm', messages: as(messages), stream: true }),
};

const responses: SdkCase<OpenAI> = {
  name: 'responses of openai',
  format: 'responses',
  list: 'input',
  spell: messageSpellings[2]!.spell,
  open: chat.open,
  send: (client, input, options) => client.responses.create({ model: 'm', input: as(input) }, options),
  count: (client, input) => client.responses.inputTokens.count({ model: 'm', input: as(input) }),
  stream: (client, input) => client.responses.create({ model: 'm', input: as(input), stream: true }),
};

export const sdkCases = [anthropic, chat, responses] as unknown as readonly SdkCase[];

const usage = { input_tokens: 1, output_tokens: 1 };
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [{ type: 'text', text: 'ok' }], usage };
const completion = {
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }],
};
const output = [
  { type: 'message', id: 'o', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'ok', annotations: [] }] },
];
const response = { id: 'r', object: 'response', created_at: 1, model: 'm', status: 'completed', output };

/** What each place answers, by the end of its path. */
export function replyTo(path: string): unknown {
  if (path.endsWith('/count_tokens') || path.endsWith('/input_tokens')) return { input_tokens: 7, object: 'response.input_tokens' };
  if (path.endsWith('/messages')) return { ...message, stop_reason: 'end_turn', stop_sequence: null };
  if (path.endsWith('/chat/completions')) return completion;
  return path.endsWith('/responses') ? response : { id: 'x', object: 'list', data: [] };
}

const textBlock = { type: 'text', text: '' };
const chunk = (delta: object, finish: string | null) => ({
  ...{ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' },
  choices: [{ index: 0, delta, finish_reason: finish }],
});

/** The events of a streamed answer, each as it stands on the wire. */
export function eventsOf(path: string): readonly string[] {
  const named = (events: readonly { type: string }[]) => events.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`);
  if (path.endsWith('/messages'))
    return named([
      { type: 'message_start', ...{ message: { ...message, content: [], stop_reason: null, stop_sequence: null } } },
      { type: 'content_block_start', ...{ index: 0, content_block: textBlock } },
      { type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text: 'o' } } },
      { type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text: 'k' } } },
      { type: 'content_block_stop', ...{ index: 0 } },
      { type: 'message_delta', ...{ delta: { stop_reason: 'end_turn', stop_sequence: null }, usage } },
      { type: 'message_stop' },
    ]);
  if (path.endsWith('/chat/completions'))
    return [chunk({ role: 'assistant', content: 'o' }, null), chunk({ content: 'k' }, null), chunk({}, 'stop')]
      .map((each) => `data: ${JSON.stringify(each)}\n\n`)
      .concat('data: [DONE]\n\n');
  return named([
    { type: 'response.created', ...{ sequence_number: 0, response: { ...response, output: [], status: 'in_progress' } } },
    { type: 'response.output_item.added', ...{ sequence_number: 1, output_index: 0, item: { ...output[0], content: [] } } },
    { type: 'response.completed', ...{ sequence_number: 2, response } },
  ]);
}

/** Answers at once, in one piece. */
export const answerSdk: Answer = ({ url, body, response: reply }) => {
  const path = url.split('?')[0] ?? '';
  if (body.includes('"stream":true')) {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.end(eventsOf(path).join(''));
  } else {
    reply.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_1', 'x-request-id': 'req_1' });
    reply.end(JSON.stringify(replyTo(path)));
  }
};
