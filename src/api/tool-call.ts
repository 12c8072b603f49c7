/** `POST /v1/retrieve/tool_call`: a model's call of `headroom_retrieve` as its provider spells it, and the result spelled likewise. */
import { invalid } from './body.ts';
import { json, type Reply } from './reply.ts';
import { answerRetrieve, type RetrieveParts, type RetrieveWish } from './retrieve.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `provider`: `anthropic` unless given, `openai`, `openai_responses` or `google`. That there is no such original is told in the result. */
export async function answerToolCall({ tool_call: given, provider = 'anthropic' }: Fields, parts: RetrieveParts): Promise<Reply> {
  const call = fieldsOf(given);
  const { name, input } = readCall(call, provider);
  if (typeof name !== 'string' || !/(?:^|__)headroom_retrieve$/.test(name))
    return invalid(400, 'Invalid tool call or not a headroom_retrieve call');
  const { hash, query, lines } = input;
  const { status, body } = await answerRetrieve({ hash, query, lines } satisfies RetrieveWish, parts);
  const answer = JSON.parse(String(body)) as Fields;
  const isFound = status === 200;
  const data = isFound ? answer : { error: answer.detail, hash: hash ?? null, status: status === 404 ? 'missing' : 'unreadable' };
  const content = JSON.stringify(data, undefined, 2);
  return json(200, { tool_result: spellResult(call, provider, content), success: isFound, data });
}

function readCall(call: Fields, provider: unknown): { readonly name: unknown; readonly input: Fields } {
  if (provider === 'openai') {
    const { name, arguments: input } = fieldsOf(call.function);
    return { name, input: parsed(input) };
  }
  if (provider === 'openai_responses') return { name: call.name, input: parsed(call.arguments) };
  if (provider === 'google') {
    const { name, args } = fieldsOf(call.functionCall);
    return { name, input: fieldsOf(args) };
  }
  return { name: call.name, input: fieldsOf(call.input) };
}

function spellResult({ id = '', call_id: callId }: Fields, provider: unknown, content: string): Fields {
  if (provider === 'anthropic') return { type: 'tool_result', tool_use_id: id, content };
  if (provider === 'openai') return { role: 'tool', tool_call_id: id, content };
  if (provider === 'openai_responses') return { type: 'function_call_output', call_id: callId ?? id, output: content };
  return { tool_call_id: id, content };
}

function parsed(text: unknown): Fields {
  try {
    return fieldsOf(JSON.parse(String(text)) as unknown);
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
