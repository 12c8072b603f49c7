/** Those who rewrite one tool result at a time, whatever stands around it: formats for JSON, filters of a command's output. */
import type { ToolCall } from '../../../src/block.ts';
import type { Outcome } from './contender.ts';
import { bodyOf, type ChatMessage, type Conversation, type Piece } from './conversations.ts';

type Rewrite = (text: string, call: ToolCall | undefined) => string;

export function rewriteResults(conversations: readonly Conversation[], rewrite: Rewrite): Pick<Outcome, 'sent' | 'added'> {
  const added: number[] = [];
  const sent = conversations.map((conversation) => {
    const calls = new Map<unknown, ToolCall>();
    let took = 0;
    const rewritten = conversation.messages.map((message): ChatMessage & { took: number } => {
      took = 0;
      if (typeof message.content === 'string') return { ...message, took };
      const content = message.content.map((piece) => {
        if (piece.type === 'tool_use') calls.set(piece.id, { tool: String(piece.name), input: piece.input });
        if (piece.type !== 'tool_result') return piece;
        const began = performance.now();
        const smaller = rewritePiece(piece, (text) => rewrite(text, calls.get(piece.tool_use_id)));
        took += performance.now() - began;
        return smaller;
      });
      return { ...message, content, took };
    });
    const messages = rewritten.map(({ role, content }) => ({ role, content }));
    if (conversation.group === 'sessions')
      conversation.ends.forEach((end, at) => {
        const fresh = rewritten.slice(at === 0 ? 0 : conversation.ends[at - 1]!, end);
        added.push(fresh.reduce((sum, message) => sum + message.took, 0));
      });
    return [conversation.name, conversation.ends.map((end) => bodyOf({ ...conversation, messages }, end))] as const;
  });
  return { sent: new Map(sent), added };
}

function rewritePiece(piece: Piece, rewrite: (text: string) => string): Piece {
  const { content } = piece;
  if (typeof content === 'string') return { ...piece, content: rewrite(content) };
  if (!Array.isArray(content)) return piece;
  const parts = content as readonly Piece[];
  return { ...piece, content: parts.map((part) => (typeof part.text === 'string' ? { ...part, text: rewrite(part.text) } : part)) };
}
