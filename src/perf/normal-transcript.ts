/**
 * The normalised form, one JSON file a session, whatever the agent: `messages` in the shape of Anthropic's Messages API, and for each request
 * `{message_index, context_start, timestamp, model, usage}`: it held `messages[context_start..message_index)`.
 */
import type { ParsedMessage } from '../protocols/parsed-messages.ts';
import { readUsage } from './claude-transcript.ts';
import { countMember, gatherRequests, member, type Transcript, textMember, timeMember } from './transcript.ts';

export function readNormalTranscript(value: unknown, name: string): Transcript[] {
  const messages = member(value, 'messages');
  const requests = member(value, 'requests');
  if (!Array.isArray(messages) || !Array.isArray(requests)) return [];
  const gathering = gatherRequests();
  let start: number | undefined;
  let read = 0;
  for (const request of requests) {
    const from = countMember(request, 'context_start');
    if (from !== start) {
      gathering.restart([]);
      start = from;
      read = from;
    }
    const until = Math.min(messages.length, countMember(request, 'message_index'));
    for (; read < until; read++) gathering.add(messages[read] as ParsedMessage);
    gathering.ask(timeMember(request, 'timestamp'), textMember(request, 'model') ?? textMember(value, 'model'));
    const usage = member(value, 'usage_reliable') === false ? undefined : readUsage(member(request, 'usage'));
    if (usage) gathering.bill(usage);
  }
  const all = gathering.end();
  return all.length > 0 ? [{ name, agent: textMember(value, 'agent') ?? 'unknown', requests: all }] : [];
}
