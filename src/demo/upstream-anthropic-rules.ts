/** What the Messages API answers 400 to in a conversation: calls and results that do not pair up, empty texts, touched thinking. */
import { createHash } from 'node:crypto';
import { type AnthropicBlock, type AnthropicMessage, blocksOf } from './upstream-anthropic-shapes.ts';

/** The API's complaint, or undefined. */
export function refuseMessages(messages: readonly AnthropicMessage[]): string | undefined {
  let open: string[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    // System messages may stand between a result and the next turn.
    if (role === 'system') continue;
    const blocks = blocksOf(content);
    const complaint = refuseBlocks(blocks, `messages.${index}`);
    if (complaint) return complaint;
    const answered = idsOf(blocks, 'tool_result');
    const missing = open.find((id) => !answered.includes(id));
    if (missing) return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing}`;
    const unasked = answered.find((id) => !open.includes(id));
    if (unasked) return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unasked}`;
    open = role === 'assistant' ? idsOf(blocks, 'tool_use') : [];
  }
  return undefined;
}

/** Seals a thinking block, so that a changed one is known when it comes back. `seed` tells apart blocks that show the same text. */
export function signThinking(thinking: string, seed: string): string {
  return Buffer.from(`${seed}.${seal(thinking, seed)}`).toString('base64');
}

function refuseBlocks(blocks: readonly AnthropicBlock[], place: string): string | undefined {
  for (const [index, block] of blocks.entries()) {
    if (block.type === 'text' && block.text === '') return `${place}.content.${index}: text content blocks must be non-empty`;
    if (block.type === 'thinking' && !isSealed(block)) return `${place}.content.${index}: Invalid \`signature\` in \`thinking\` block`;
  }
  return undefined;
}

function isSealed({ thinking = '', signature = '' }: AnthropicBlock): boolean {
  const [seed = '', found] = Buffer.from(signature, 'base64').toString().split('.');
  return found === seal(thinking, seed);
}

function seal(thinking: string, seed: string): string {
  return createHash('sha256').update(`${seed}.${thinking}`).digest('hex').slice(0, 32);
}

function idsOf(blocks: readonly AnthropicBlock[], type: 'tool_use' | 'tool_result'): string[] {
  return blocks.filter((block) => block.type === type).flatMap((block) => (type === 'tool_use' ? block.id : block.tool_use_id) ?? []);
}
