/** What the upstream saw of a conversation, as raw JSON text: slices of the bodies, so that a changed byte is a changed byte. */
import type { BilledUsage } from '../../src/demo/prompt-cache.ts';
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';

/** The turns of one conversation: requests that its script answered. The tour itself is `step`, its subagents are `conversation N step`. */
export function turnsOf(requests: readonly UpstreamRequest[], conversation = 'step'): UpstreamRequest[] {
  return requests.filter(({ answer }) => answer?.played.startsWith(`${conversation} `) && answer.status === 200);
}

export function usagesOf(requests: readonly UpstreamRequest[]): BilledUsage[] {
  return requests.flatMap(({ answer }) => answer?.usage ?? []);
}

/** The raw values of an object's members, by name. */
export function membersOf(json: string): Map<string, string> {
  return new Map(
    partsOf(json).map((part) => {
      const name = /^"((?:[^"\\]|\\.)*)"\s*:/.exec(part)!;
      return [name[1]!, part.slice(name[0].length)];
    }),
  );
}

/** The raw values of an array's elements; of an object, its members with their names. */
function partsOf(text: string): string[] {
  const json = text.trim();
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < json.length; at++) {
    const sign = json[at];
    if (sign === '"') at = endOfString(json, at);
    else if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') depth--;
    if ((depth === 1 && sign === ',') || depth === 0) {
      if (json.slice(start, at).trim()) parts.push(json.slice(start, at));
      start = at + 1;
    }
  }
  return parts;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

/** The raw messages of a request without the client's moving markers; a message's single text is a plain string, as it is when it bears none. */
export function messagesOf(request: UpstreamRequest): string[] {
  const messages = membersOf(request.body.toString('utf8')).get('messages') ?? '[]';
  return partsOf(messages).map((message) => {
    const unmarked = message.replace(/,"cache_control":\{"type":"ephemeral"(,"ttl":"\w+")?\}/g, '');
    return unmarked.replace(/^(\{"role":"\w+","content":)\[\{"type":"text","text":("(?:[^"\\]|\\.)*")\}\]/, '$1$2');
  });
}

export interface SentResult {
  readonly id: string;
  readonly text: string;
}

/** Every tool result in a request, as text. */
export function resultsOf(request: UpstreamRequest): SentResult[] {
  const { messages } = request.json as { messages: { content: string | { type: string; tool_use_id: string; content: unknown }[] }[] };
  return messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : content.flatMap((block) => (block.type === 'tool_result' ? { id: block.tool_use_id, text: textOf(block.content) } : [])),
  );
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as { text?: string }[]).map(({ text = '' }) => text).join('\n');
}
