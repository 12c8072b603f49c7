/** What a request says in any of the four APIs: its tool results, and everything else, to compare. */
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';

type Json = Record<string, unknown>;

/** Every tool result's text, in order. */
export function toolTextsOf({ json }: UpstreamRequest): readonly string[] {
  const texts: string[] = [];
  visit(json, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/** The request as text with a mark for every tool result's text. */
export function withoutToolTexts({ json }: UpstreamRequest): string {
  return JSON.stringify(
    visit(structuredClone(json), () => '…'),
    undefined,
    1,
  );
}

/** Gives each tool result's text to `change` and puts in its place what comes back. */
function visit(json: unknown, change: (text: string) => string): unknown {
  const body = (json ?? {}) as Json;
  for (const message of listOf(body.messages)) {
    if (message.role === 'tool') message.content = changed(message.content, change);
    for (const block of listOf(message.content)) if (block.type === 'tool_result') block.content = changed(block.content, change);
  }
  for (const item of listOf(body.input)) if ('output' in item) item.output = changed(item.output, change);
  for (const { parts } of listOf(body.contents))
    for (const { functionResponse } of listOf(parts)) {
      const response = (functionResponse as Json | undefined)?.response as Json | undefined;
      for (const name of Object.keys(response ?? {})) response![name] = changed(response![name], change);
    }
  return body;
}

/** A text, or parts of which some are texts. */
function changed(content: unknown, change: (text: string) => string): unknown {
  if (typeof content === 'string') return change(content);
  for (const part of listOf(content)) if (typeof part.text === 'string') part.text = change(part.text);
  return content;
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((each): each is Json => typeof each === 'object' && each !== null) : [];
}
