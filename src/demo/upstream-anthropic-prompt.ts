/** Reads an Anthropic Messages request as the prompt that its cache sees: tools, then system, then every message's blocks. */
import type { PromptBlock, Ttl } from './prompt-cache.ts';
import { type AnthropicBlock, type AnthropicRequest, blocksOf } from './upstream-anthropic-shapes.ts';

export function readPrompt(request: AnthropicRequest): PromptBlock[] {
  const { model, tools = [], system, thinking, tool_choice: toolChoice, messages } = request;
  const blocks = [
    ...tools.map((tool) => promptBlock(tool, `${model} tool`)),
    ...blocksOf(system).map((block) => promptBlock(block, `${model} system`)),
    // Thinking settings and the choice of tools change what is cached of the messages, and of nothing before them.
    ...messages.flatMap(({ content, ...message }) => {
      const place = JSON.stringify([model, thinking, toolChoice, message]);
      return blocksOf(content).map((block) => promptBlock(block, place));
    }),
  ];
  const last = blocks.at(-1);
  if (request.cache_control && last && !last.ttl) blocks.splice(-1, 1, { ...last, ttl: ttlOf(request.cache_control) });
  return blocks;
}

function promptBlock(block: object, place: string): PromptBlock {
  const { cache_control: own, ...rest } = block as AnthropicBlock;
  const inner = nested(rest);
  const marker = own ?? inner?.find(({ cache_control }) => cache_control)?.cache_control;
  const unmarked = inner ? { ...rest, content: inner.map(({ cache_control: _, ...part }) => part) } : rest;
  return { content: `${place} ${JSON.stringify(unmarked)}`, text: visibleText(unmarked), ttl: marker ? ttlOf(marker) : undefined };
}

/** The parts inside a tool result, which carry markers of their own. */
function nested(block: AnthropicBlock): readonly AnthropicBlock[] | undefined {
  return block.type === 'tool_result' && Array.isArray(block.content) ? (block.content as AnthropicBlock[]) : undefined;
}

/** What a model reads of it; JSON for anything that is not plain text. */
function visibleText(block: AnthropicBlock): string {
  if (block.type === 'text' && typeof block.text === 'string') return block.text;
  if (block.type === 'thinking' && typeof block.thinking === 'string') return block.thinking;
  if (block.type === 'tool_result' && typeof block.content === 'string') return block.content;
  const parts = nested(block);
  if (parts) return parts.map(visibleText).join('\n');
  return JSON.stringify(block);
}

function ttlOf(marker: { readonly ttl?: string }): Ttl {
  return marker.ttl === '1h' ? '1h' : '5m';
}
