/** What `headroom compress` was given: messages, a request with messages in it, or a text that some tool printed. Pure. */
import { Failure, messageOf } from '../errors.ts';
import { type ParsedRequest, readRequest } from '../protocols/parsed-request.ts';

export type CompressInput =
  | { readonly kind: 'messages'; readonly messages: readonly unknown[] }
  /** `whole`: what the bytes parse to. `put`: the same with other messages. */
  | ({ readonly kind: 'request'; readonly whole: object; readonly put: (messages: readonly unknown[]) => object } & ParsedRequest)
  | { readonly kind: 'text' };

/** A `Failure` for what cannot be meant. `isText`: the user said so. */
export function readCompressInput(text: string, isText: boolean): CompressInput {
  if (isText || !/^\s*[[{]/.test(text)) return { kind: 'text' };
  const whole = parse(text);
  if (isListOfMessages(whole)) return { kind: 'messages', messages: whole };
  return readWhole(whole) ?? readWrapped(whole) ?? { kind: 'text' };
}

function readWhole(whole: unknown): Extract<CompressInput, { kind: 'request' }> | undefined {
  const request = readRequest(whole);
  // Without a model it may be anything: many tools print JSON with a member of that name.
  if (!request || (request.list === 'input' && request.model === undefined)) return undefined;
  return { kind: 'request', whole: whole as object, put: (messages) => ({ ...(whole as object), [request.list]: messages }), ...request };
}

/** Of Gemini, as Code Assist has it: the model stands beside the request. */
function readWrapped(whole: unknown): CompressInput | undefined {
  const { request, model } = (whole ?? {}) as { request?: unknown; model?: unknown };
  const inner = readWhole(request);
  if (inner?.list !== 'contents') return undefined;
  const put = (messages: readonly unknown[]) => ({ ...(whole as object), request: inner.put(messages) });
  return { ...inner, whole: whole as object, put, model: typeof model === 'string' ? model : undefined };
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
  if (!Array.isArray(value)) return false;
  const items = value.map((each) => (each ?? {}) as Record<string, unknown>);
  return items.some(isMessage) && items.every((item) => isMessage(item) || /(?:^reasoning|_call|_call_output)$/.test(String(item.type)));
}

/** Or, of Responses, a call or the output of one. */
function isMessage({ role, type, call_id: callId }: Record<string, unknown>): boolean {
  return typeof role === 'string' || (typeof type === 'string' && typeof callId === 'string');
}
