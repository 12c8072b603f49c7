/** Conversations of the Messages API as data, and as bytes in every spelling that means the same to the API. */
import fc from 'fast-check';
import { createDice } from './dice.ts';

interface Text {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: null;
}
interface Image {
  readonly type: 'image';
  readonly source: { readonly type: 'base64'; readonly data: string };
}
export type Part = Text | Image;
interface Call {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}
interface Result {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly is_error?: boolean;
  readonly content: readonly Part[];
}
interface Thinking {
  readonly type: 'thinking';
  readonly thinking: string;
}
export type AnyBlock = Part | Call | Result | Thinking;
export interface Message {
  readonly role: string;
  readonly output_config?: { readonly effort: string };
  readonly content: readonly AnyBlock[];
}
export interface Talk {
  readonly model: string;
  readonly system: readonly Text[];
  readonly tools: readonly { readonly name: string; readonly input_schema: unknown }[];
  readonly thinking?: { readonly type: string };
  readonly messages: readonly Message[];
}

const word = fc.oneof(fc.constantFrom('', 'a', 'b', 'two\nlines', 'q"\\', 'é😀'), fc.string({ maxLength: 5 }));
const id = fc.constantFrom('toolu_1', 'toolu_2', 'toolu_3');
const text: fc.Arbitrary<Text> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: word }),
  fc.record({ type: fc.constant('text' as const), text: word, citations: fc.constant(null) }),
);
const image: fc.Arbitrary<Image> = word.map((data) => ({ type: 'image', source: { type: 'base64', data } }));
const part = fc.oneof({ weight: 3, arbitrary: text }, image);
const input = fc.oneof(fc.record({ command: word }), fc.constant({ cache_control: { type: 'ephemeral' } }), fc.jsonValue({ maxDepth: 1 }));
const call: fc.Arbitrary<Call> = fc.record({ type: fc.constant('tool_use' as const), id, name: fc.constantFrom('Bash', 'Read'), input });
const result: fc.Arbitrary<Result> = fc
  .tuple(id, fc.option(fc.boolean(), { nil: undefined }), fc.array(part, { maxLength: 3 }))
  .map(([tool_use_id, is_error, content]) => ({
    type: 'tool_result',
    tool_use_id,
    ...(is_error === undefined ? {} : { is_error }),
    content,
  }));
const thinking: fc.Arbitrary<Thinking> = word.map((thought) => ({ type: 'thinking', thinking: thought }));

export const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constant('user'), content: fc.array(fc.oneof(part, result, result), { maxLength: 4 }) }),
  fc.record({ role: fc.constant('assistant'), content: fc.array(fc.oneof(text, call, thinking), { maxLength: 4 }) }),
  fc.record({ role: fc.constant('system'), output_config: fc.constant({ effort: 'medium' }), content: fc.array(text, { maxLength: 1 }) }),
);

export const talk: fc.Arbitrary<Talk> = fc.record(
  {
    model: fc.constantFrom('claude-opus-5-5', 'claude-haiku-5-5'),
    system: fc.array(text, { maxLength: 3 }),
    tools: fc.array(fc.record({ name: word, input_schema: fc.constantFrom({}, { properties: { cache_control: { type: 'string' } } }) }), {
      maxLength: 2,
    }),
    thinking: fc.constant({ type: 'adaptive' }),
    messages: fc.array(message, { minLength: 1, maxLength: 6 }),
  },
  { requiredKeys: ['model', 'system', 'tools', 'messages'] },
);

/** Bytes of the talk; `seed` chooses marks, white space, array or string, what comes and goes, and where `messages` stands. */
export function spell(talk: Talk, seed: number): Buffer {
  const dice = createDice(seed);
  const gap = (): string => (dice(4) === 0 ? [' ', '\n', '\t ', '\r\n'][dice(4)]! : '');
  const list = (parts: readonly string[], open: string, close: string): string =>
    `${open}${gap()}${parts.map((part) => `${part}${gap()}`).join(`,${gap()}`)}${close}`;
  const entry = (key: string, value: string): string => `"${key}"${gap()}:${gap()}${value}`;
  const marked = (entries: readonly string[]): string => {
    const all = [...entries];
    const mark = ['{"type":"ephemeral"}', '{ "type": "ephemeral", "ttl": "1h" }', 'null'][dice(3)]!;
    if (dice(3) === 0) all.splice(dice(all.length + 1), 0, entry(dice(5) === 0 ? 'cache\\u005fcontrol' : 'cache_control', mark));
    return list(all, '{', '}');
  };
  const block = (value: AnyBlock | Talk['tools'][number]): string =>
    marked(
      Object.entries(value).map(([key, member]) => entry(key, key === 'content' ? contents(member as Part[]) : JSON.stringify(member))),
    );
  const contents = (blocks: readonly AnyBlock[]): string => {
    const [only] = blocks;
    if (blocks.length === 1 && only?.type === 'text' && !('citations' in only) && dice(2) === 0) return JSON.stringify(only.text);
    return list(blocks.map(block), '[', ']');
  };
  const spellMessage = ({ content, ...others }: Message): string => {
    const all = Object.entries(others).map(([key, member]) => entry(key, JSON.stringify(member)));
    all.splice(dice(all.length + 1), 0, entry('content', contents(content)));
    return list(all, '{', '}');
  };
  const top = [
    entry('model', JSON.stringify(talk.model)),
    entry('system', contents(talk.system)),
    entry('tools', list(talk.tools.map(block), '[', ']')),
  ];
  if (talk.thinking) top.push(entry('thinking', JSON.stringify(talk.thinking)));
  const passing = [
    entry('max_tokens', String(dice(9))),
    entry('metadata', `{"user_id":"${dice(9)}"}`),
    entry('stream', 'true'),
    entry('temperature', `0.${dice(9)}`),
    entry('top_p', '1'),
    entry('top_k', '5'),
    entry('stop_sequences', `["${dice(9)}"]`),
    entry('service_tier', '"auto"'),
    entry('cache_control', '{"type":"ephemeral"}'),
    entry('diagnostics', `{"previous_message_id":"msg_${dice(9)}"}`),
    entry('safeguards', `[${dice(9)}]`),
  ];
  for (const member of passing) if (dice(2) === 0) top.splice(dice(top.length + 1), 0, member);
  top.splice(dice(top.length + 1), 0, entry('messages', list(talk.messages.map(spellMessage), '[', ']')));
  return Buffer.from(`${gap()}${list(top, '{', '}')}${gap()}`);
}
