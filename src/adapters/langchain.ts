/** For LangChain.js (`@langchain/core`): chat models whose messages are made smaller. LangChain is the user's own; nothing here loads it. */
import { isRecord } from '../protocols/message-format.ts';
import { keepsResults } from '../protocols/parsed-request.ts';
import type { AdapterOptions } from './options.ts';
import { createShrink, type RequestTraits, type Shrink } from './shrink-messages.ts';

export type { AdapterOptions } from './options.ts';

/** What every chat model has. */
export interface ChatModel {
  invoke(input: never, options?: never): unknown;
  _generate(messages: never, options: never, runManager?: never): unknown;
}

/** A message of LangChain's, as far as it matters here. */
interface Message {
  readonly type?: string;
  readonly getType?: () => string;
  readonly content: unknown;
  readonly name?: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id?: string; readonly name: string; readonly args: unknown }[];
  readonly lc_kwargs?: Readonly<Record<string, unknown>>;
}

/**
 * A chat model that is this one but for the tool results in its messages, which it makes smaller before the provider spells them; tools may be
 * bound to it, and it may stand in chains and agents. The given model and the messages stay as they are. Throws a `TypeError` for options that
 * make no sense and for what is no chat model.
 */
export function withHeadroom<Model extends ChatModel>(model: Model, options?: AdapterOptions): Model {
  const shrink = createShrink(options);
  if (!isChatModel(model)) throw new TypeError('withHeadroom: this is no chat model of LangChain.js');
  return derive(model, shrink);
}

type Method = (messages: readonly Message[], ...others: unknown[]) => unknown;

function derive<Model extends object>(model: Model, shrink: Shrink): Model {
  const derived = Object.create(model) as Model;
  const done = new WeakSet<object>();
  const smaller = async (messages: readonly Message[], options: unknown): Promise<readonly Message[]> => {
    // A method may call another one with what it was given.
    if (done.has(messages)) return messages;
    const now = await shrinkMessages(messages, traitsOf(model, options), shrink);
    done.add(now);
    return now;
  };
  const define = (name: string, make: (method: Method) => Method) => {
    const method = (model as Readonly<Record<string, Method | undefined>>)[name];
    if (method && !isInherited(model, name)) Object.defineProperty(derived, name, { value: make(method) });
  };
  define(
    '_generate',
    (method) =>
      async (messages, ...others) =>
        method.call(derived, await smaller(messages, others[0]), ...others),
  );
  for (const name of ['_streamResponseChunks', '_streamChatModelEvents']) {
    define(
      name,
      (method) =>
        async function* (messages, ...others) {
          yield* method.call(derived, await smaller(messages, others[0]), ...others) as AsyncIterable<unknown>;
        },
    );
  }
  // Some make a new model of their settings where others bind the one they have.
  define('withConfig', (method) => (...given) => {
    const made = method.apply(derived, given);
    return isChatModel(made) ? derive(made, shrink) : made;
  });
  return derived;
}

function isChatModel(model: unknown): model is ChatModel {
  return typeof (model as Partial<ChatModel> | null | undefined)?._generate === 'function';
}

/** Whether a method is that of the base class, which looks for the very function to know that a model does not stream. */
function isInherited(model: object, name: string): boolean {
  return ownerOf(model, name) === ownerOf(model, '_generateUncached');
}

function ownerOf(object: object | null, name: string): object | null {
  return object === null || Object.hasOwn(object, name) ? object : ownerOf(Object.getPrototypeOf(object), name);
}

/** What the model would send beside the messages says whether it all stays; a model that finds fault with it says so when it is asked. */
function traitsOf(model: object, options: unknown): RequestTraits {
  const { model: name, invocationParams } = model as {
    readonly model?: unknown;
    readonly invocationParams?: (options: unknown) => unknown;
  };
  let repeats = false;
  try {
    repeats = keepsResults(invocationParams?.call(model, options));
  } catch {}
  return { model: typeof name === 'string' ? name : undefined, repeats };
}

async function shrinkMessages(messages: readonly Message[], traits: RequestTraits, shrink: Shrink): Promise<readonly Message[]> {
  const spelled = messages.map(spell);
  const smaller = await shrink(spelled, traits);
  return messages.map((message, at) => (smaller[at] === spelled[at] ? message : withContent(message, smaller[at]?.content)));
}

const roles: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant' };

/** As Chat Completions spell it. */
function spell(message: Message): { readonly content: unknown } {
  const { content, name, tool_call_id, tool_calls: calls } = message;
  const type = message.getType?.() ?? message.type ?? '';
  const tool_calls = calls?.map(({ id, name, args }) => ({ id, function: { name, arguments: args } }));
  return { role: roles[type] ?? type, content, name, tool_call_id, tool_calls } as { content: unknown };
}

/** The message with another content; `lc_kwargs` is what it is stored by. */
function withContent(message: Message, content: unknown): Message {
  const copy = Object.create(Object.getPrototypeOf(message), Object.getOwnPropertyDescriptors(message));
  return Object.assign(copy, { content, ...(isRecord(message.lc_kwargs) ? { lc_kwargs: { ...message.lc_kwargs, content } } : {}) });
}
