/**
 * Transcripts of Codex (`~/.codex/sessions/YEAR/MONTH/DAY/rollout-*.jsonl`): items of the Responses API as `response_item`, usage as the
 * event `token_count`, the model in `turn_context`, and `compacted` where the history was replaced.
 */
import type { ParsedMessage } from '../protocols/parsed-messages.ts';
import type { BilledTokens } from '../tokens/bill.ts';
import { countMember, gatherRequests, member, parseLines, type Transcript, textMember, timeMember } from './transcript.ts';

export function isCodexTranscript(text: string): boolean {
  return /"type":"(?:session_meta|response_item|turn_context)"/.test(text.slice(0, 20_000));
}

export function readCodexTranscript(text: string, name: string): Transcript[] {
  const gathering = gatherRequests();
  let model: string | undefined;
  /** The model is answering: what comes is its reply to the request asked last. */
  let isAnswering = false;
  for (const line of parseLines(text)) {
    const type = textMember(line, 'type');
    const payload = member(line, 'payload');
    if (type === 'turn_context') model = textMember(payload, 'model') ?? model;
    if (type === 'compacted') {
      gathering.restart(historyOf(payload));
      isAnswering = false;
    }
    if (type === 'event_msg' && textMember(payload, 'type') === 'token_count' && isAnswering) {
      const usage = readUsage(member(member(payload, 'info'), 'last_token_usage'));
      if (usage) gathering.bill(usage);
      isAnswering = false;
    }
    if (type !== 'response_item') continue;
    const message = messageOf(payload);
    if (!message) continue;
    const isReply = message.role === 'assistant';
    if (isReply && !isAnswering) gathering.ask(timeMember(line, 'timestamp'), model);
    isAnswering = isReply;
    gathering.add(message);
  }
  const requests = gathering.end();
  return requests.length > 0 ? [{ name, agent: 'Codex', requests }] : [];
}

/** An item of the conversation as a message with one part; undefined for what is none. */
function messageOf(item: unknown): ParsedMessage | undefined {
  const type = textMember(item, 'type') ?? '';
  const id = textMember(item, 'call_id') ?? '';
  if (type === 'message') return { role: textMember(item, 'role') ?? 'user', content: partsOf(member(item, 'content')) };
  if (type === 'reasoning') return { role: 'assistant', content: [{ type: 'thinking', thinking: '' }] };
  if (type === 'function_call' || type === 'custom_tool_call' || type === 'local_shell_call') {
    const input = member(item, 'arguments') ?? member(item, 'input') ?? member(item, 'action');
    return { role: 'assistant', content: [{ type: 'tool_use', id, name: textMember(item, 'name') ?? 'shell', input: parsed(input) }] };
  }
  if (/_output$/.test(type))
    return { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: outputOf(member(item, 'output')) }] };
  return undefined;
}

function partsOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.map((part) => (textMember(part, 'text') === undefined ? part : { type: 'text', text: textMember(part, 'text') }));
}

/** A text, parts with texts, or, in old versions, an object that holds the text. */
function outputOf(output: unknown): unknown {
  return Array.isArray(output) ? partsOf(output) : (textMember(output, 'content') ?? output);
}

function parsed(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

/** What stands in place of the history after a compaction. */
function historyOf(payload: unknown): ParsedMessage[] {
  const items = member(payload, 'replacement_history');
  if (Array.isArray(items)) return items.flatMap((item) => messageOf(item) ?? []);
  const summary = textMember(payload, 'message');
  return summary === undefined ? [] : [{ role: 'user', content: summary }];
}

function readUsage(usage: unknown): BilledTokens | undefined {
  const input = countMember(usage, 'input_tokens');
  if (input === 0) return undefined;
  const read = Math.min(input, countMember(usage, 'cached_input_tokens'));
  return { fresh: input - read, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: read, output: countMember(usage, 'output_tokens') };
}
