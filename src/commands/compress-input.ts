/** What `headroom compress` was given: messages, a request with messages in it, or a text that some tool printed. Pure. */
import { Failure, messageOf } from '../errors.ts';

export type CompressInput =
  | {
      readonly kind: 'messages' | 'request';
      /** What the bytes parse to; `messages` stand in it, or are it. */
      readonly whole: unknown;
      readonly messages: readonly unknown[];
      readonly model?: string;
      /** False: the request may have results above left out. */
      readonly keepsResults: boolean;
    }
  | { readonly kind: 'text' };

/** Members of a request that may have text of the conversation left out before the model sees it. */
const clearing = ['context_management', 'transforms', 'plugins'];

/** A `Failure` for what cannot be meant. `isText`: the user said so. */
export function readCompressInput(text: string, isText: boolean): CompressInput {
  if (isText || !/^\s*[[{]/.test(text)) return { kind: 'text' };
  const whole = parse(text);
  if (isListOfMessages(whole)) return { kind: 'messages', whole, messages: whole, keepsResults: true };
  const { messages, input, model } = (whole ?? {}) as Record<string, unknown>;
  if (Array.isArray(messages)) {
    const keepsResults = !clearing.some((member) => Object.hasOwn(whole as object, member));
    return { kind: 'request', whole, messages, keepsResults, ...(typeof model === 'string' ? { model } : {}) };
  }
  if (Array.isArray(input) && typeof model === 'string')
    throw new Failure(
      'no-messages',
      'It is a request with `input`, and only `messages` are read',
      'Give a request of Chat Completions or the Messages API.',
    );
  return { kind: 'text' };
}

/** Tools print JSON as well, and cut it off. What begins like a conversation is meant as one. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    if (!/^\s*\[?\s*\{\s*"(?:role|messages|model)"\s*:/.test(text)) return undefined;
    throw new Failure(
      'no-json',
      `It begins like messages and is no JSON: ${messageOf(thrown)}`,
      'Mend it, or add --tool NAME if it is what a tool printed.',
    );
  }
}

function isListOfMessages(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof (each as { role?: unknown } | null)?.role === 'string');
}
