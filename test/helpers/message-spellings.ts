/** The same conversation as SDKs hand it over, parsed: for the library. */
import type { ParsedMessage } from '../../src/protocols/parsed-messages.ts';
import { wireSpellings } from './wire-spellings.ts';

type Fields = Record<string, unknown>;

export interface MessageSpelling {
  readonly format: 'anthropic' | 'openai' | 'responses' | 'vercel' | 'gemini';
  readonly spell: (messages: readonly ParsedMessage[]) => readonly Fields[];
}

export const messageSpellings: readonly MessageSpelling[] = [
  { format: 'anthropic', spell: (messages) => structuredClone(messages) as unknown as Fields[] },
  { format: 'openai', spell: (messages) => (JSON.parse(wireSpellings[1]!.bodyOf(messages).toString()) as { messages: Fields[] }).messages },
  { format: 'responses', spell: (messages) => itemsOf(3, messages) },
  // Of the code mode, whose outputs are parts.
  { format: 'responses', spell: (messages) => itemsOf(4, messages) },
  { format: 'vercel', spell: (messages) => structuredClone(messages).flatMap(asModelMessages) },
  { format: 'gemini', spell: (messages) => (JSON.parse(wireSpellings[5]!.bodyOf(messages).toString()) as { contents: Fields[] }).contents },
];

/** The texts of all results, in order. */
export function resultTexts(messages: readonly unknown[]): readonly string[] {
  const texts: string[] = [];
  JSON.stringify(messages, (_, value: Fields) => {
    if (value?.type === 'tool_result' || value?.role === 'tool') for (const text of textsOf(value.content)) texts.push(text);
    if (isRecord(value?.functionResponse)) {
      const { output, content } = value.functionResponse.response as Fields;
      for (const text of textsOf(output ?? content)) texts.push(text);
    }
    if (isOutput(value)) for (const text of textsOf(value.output)) texts.push(text);
    if (value?.type === 'tool-result') for (const text of textsOf((value.output as Fields).value)) texts.push(text);
    return value;
  });
  return texts;
}

/** The messages with the texts of results set aside. */
export function withoutResults(messages: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(messages), function (this: Fields, key: string, value: unknown) {
    const isResult =
      (key === 'content' && (this.type === 'tool_result' || this.role === 'tool')) ||
      (key === 'output' && (isOutput(this) || typeof value === 'string')) ||
      (key === 'content' && Object.keys(this).length === 1) ||
      (key === 'value' && typeof this.type === 'string');
    if (!isResult) return value;
    return typeof value === 'string' ? 'text' : (value as Fields[]).map((part) => ('text' in part ? { ...part, text: 'text' } : part));
  });
}

function itemsOf(spelling: number, messages: readonly ParsedMessage[]): readonly Fields[] {
  return (JSON.parse(wireSpellings[spelling]!.bodyOf(messages).toString()) as { input: Fields[] }).input;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isOutput(value: Fields | null | undefined): value is Fields {
  return typeof value?.type === 'string' && value.type.endsWith('_call_output');
}

function textsOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content];
  return Array.isArray(content) ? content.flatMap((part: Fields) => (typeof part.text === 'string' ? [part.text] : [])) : [];
}

function asModelMessages({ role, content }: ParsedMessage): Fields[] {
  if (typeof content === 'string') return [{ role, content }];
  const parts = content as Fields[];
  const results = parts.filter(({ type }) => type === 'tool_result');
  if (results.length > 0) return [{ role: 'tool', content: results.map(asResult) }];
  return [{ role, content: parts.map(asPart) }];
}

function asResult({ tool_use_id: id, content }: Fields): Fields {
  const output = typeof content === 'string' ? { type: 'text', value: content } : { type: 'content', value: content };
  return { type: 'tool-result', toolCallId: id, toolName: 'tool', output };
}

function asPart(part: Fields): Fields {
  if (part.type === 'thinking') return { type: 'reasoning', text: part.thinking };
  if (part.type === 'tool_use') return { type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.input };
  return part;
}
