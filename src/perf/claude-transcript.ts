/**
 * Transcripts of Claude Code (`~/.claude/projects/FOLDER/SESSION.jsonl`): one JSON line for each message, an assistant's turn in several
 * lines of the same message id. Subagents are told apart by `isSidechain` and `agentId`; a rewound conversation goes on from an earlier line.
 */
import type { ParsedMessage } from '../protocols/parsed-messages.ts';
import type { BilledTokens } from '../tokens/bill.ts';
import { countMember, gatherRequests, member, parseLines, type Transcript, textMember, timeMember } from './transcript.ts';

interface Line {
  readonly uuid: string | undefined;
  readonly message: ParsedMessage;
}

/** One conversation of the file: the session itself, or one of its subagents. */
interface Conversation {
  readonly gathering: ReturnType<typeof gatherRequests>;
  lines: Line[];
  /** The id of the assistant's turn that is being read. */
  turn: string | undefined;
}

export function isClaudeTranscript(text: string): boolean {
  const head = text.slice(0, 20_000);
  return /"(?:parentUuid|sessionId)":/.test(head) && !/^\{"timestamp":"[^"]*","type":"session_meta"/.test(head);
}

export function readClaudeTranscript(text: string, name: string): Transcript[] {
  const conversations = new Map<string, Conversation>();
  for (const line of parseLines(text)) {
    const type = textMember(line, 'type');
    const key = member(line, 'isSidechain') === true ? `subagent ${textMember(line, 'agentId') ?? ''}` : '';
    const conversation = conversations.get(key) ?? { gathering: gatherRequests(), lines: [], turn: undefined };
    conversations.set(key, conversation);
    if (type === 'system' && textMember(line, 'subtype') === 'compact_boundary') restart(conversation, []);
    if (type === 'user') readUser(conversation, line);
    if (type === 'assistant') readAssistant(conversation, line);
  }
  return [...conversations].flatMap(([key, { gathering }]) => {
    const requests = gathering.end();
    return requests.length > 0 ? [{ name, agent: key === '' ? 'Claude Code' : 'Claude Code (subagent)', requests }] : [];
  });
}

function readUser(conversation: Conversation, line: unknown): void {
  const content = member(member(line, 'message'), 'content');
  const message: ParsedMessage = { role: 'user', content };
  if (!isToolResult(content)) cutBack(conversation, line);
  conversation.turn = undefined;
  conversation.lines.push({ uuid: textMember(line, 'uuid'), message });
  conversation.gathering.add(message);
}

function readAssistant(conversation: Conversation, line: unknown): void {
  const message = member(line, 'message');
  const id = textMember(message, 'id');
  const model = textMember(message, 'model');
  // What Claude Code says itself, without asking anybody.
  if (model === '<synthetic>') return;
  if (id === undefined || id !== conversation.turn) conversation.gathering.ask(timeMember(line, 'timestamp'), model);
  conversation.turn = id;
  const usage = readUsage(member(message, 'usage'));
  if (usage) conversation.gathering.bill(usage);
  const said: ParsedMessage = { role: 'assistant', content: member(message, 'content') };
  conversation.lines.push({ uuid: textMember(line, 'uuid'), message: said });
  conversation.gathering.add(said);
}

/** A prompt whose parent is an earlier line: what came after that line is no longer in the conversation. */
function cutBack(conversation: Conversation, line: unknown): void {
  const parent = textMember(line, 'parentUuid');
  const at = parent === undefined ? -1 : conversation.lines.findIndex(({ uuid }) => uuid === parent);
  // Parents that are no messages, such as attachments, are not among the lines: then nothing was cut.
  if (at < 0 || at === conversation.lines.length - 1) return;
  if (conversation.lines.slice(at + 1).every(({ message }) => isToolResult(message.content))) return;
  restart(conversation, conversation.lines.slice(0, at + 1));
}

function restart(conversation: Conversation, lines: Line[]): void {
  conversation.lines = lines;
  conversation.turn = undefined;
  conversation.gathering.restart(lines.map(({ message }) => message));
}

function isToolResult(content: unknown): boolean {
  return Array.isArray(content) && content.some((part) => member(part, 'type') === 'tool_result');
}

/** In the shape of Anthropic's Messages API; the normalised form has the same. */
export function readUsage(usage: unknown): BilledTokens | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined;
  const created = countMember(usage, 'cache_creation_input_tokens');
  const hour = Math.min(created, countMember(member(usage, 'cache_creation'), 'ephemeral_1h_input_tokens'));
  const tokens: BilledTokens = {
    fresh: countMember(usage, 'input_tokens'),
    cacheWrite5m: created - hour,
    cacheWrite1h: hour,
    cacheRead: countMember(usage, 'cache_read_input_tokens'),
    output: countMember(usage, 'output_tokens'),
  };
  return tokens.fresh + created + tokens.cacheRead > 0 ? tokens : undefined;
}
