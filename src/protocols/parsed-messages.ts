/** The blocks of already parsed Anthropic messages: the same pipeline without a wire, for replays, benches and the library. */
import { type Block, chain, type ToolCall } from '../block.ts';

export interface ParsedMessage {
  readonly role: string;
  readonly content: unknown;
}

/** The parts of a content block that are read; everything is optional because recorded data is outside data. */
interface Part {
  readonly type?: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: unknown;
}

/** Lists blocks message by message, so that a growing conversation is read by its new messages alone. */
export interface MessageReader {
  /** The blocks of the next message. */
  next(message: ParsedMessage): Block[];
}

export function createMessageReader(scope: string): MessageReader {
  const calls = new Map<string, ToolCall>();
  let key = chain('', scope);
  const make = (source: Block['source'], text: string, call: ToolCall | undefined, covers: string): Block => {
    key = chain(key, covers);
    return { key, source, text, call };
  };
  return {
    next: ({ role, content }) => {
      const parts: Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : Array.isArray(content) ? content : [];
      return parts.flatMap((part) => {
        if (part.type === 'text' && typeof part.text === 'string') return [make('said', part.text, undefined, `${role} text ${part.text}`)];
        if (part.type === 'tool_use') {
          const call = { tool: String(part.name), input: part.input };
          calls.set(String(part.id), call);
          return [make('call', '', call, `call ${part.id} ${JSON.stringify(part)}`)];
        }
        if (part.type === 'tool_result') {
          const call = calls.get(String(part.tool_use_id));
          return textsOf(part.content).map((text) => make('result', text, call, `result ${part.tool_use_id} ${text}`));
        }
        return [make('opaque', '', undefined, JSON.stringify(part))];
      });
    },
  };
}

function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: Part) => (part?.type === 'text' && typeof part.text === 'string' ? [part.text] : []));
}
