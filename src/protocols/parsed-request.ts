/** A request that is parsed: which member holds its conversation, and whether the model is shown all of it. Of bodies it is the grammars that say so. */
import { isRecord } from './message-format.ts';

export interface ParsedRequest {
  readonly list: 'messages' | 'input' | 'contents';
  readonly messages: readonly unknown[];
  readonly model: string | undefined;
  /** False: the provider is asked to leave out, or to sum up, what stands above. */
  readonly keepsResults: boolean;
}

/** Undefined for what holds no list of messages. */
export function readRequest(value: unknown): ParsedRequest | undefined {
  if (!isRecord(value)) return undefined;
  const { messages, input, contents, model } = value;
  const found = { model: typeof model === 'string' ? model : undefined, keepsResults: keepsResults(value) };
  if (Array.isArray(messages)) return { list: 'messages', messages, ...found };
  if (Array.isArray(input)) return { list: 'input', messages: input, ...found };
  // Of Gemini. Other JSON has members of that name too.
  const isGemini = Array.isArray(contents) && contents.some((message) => isRecord(message) && Array.isArray(message.parts));
  return isGemini ? { list: 'contents', messages: contents, ...found } : undefined;
}

/** Whether what a request says beside its messages leaves all of them where they are. */
export function keepsResults(settings: unknown): boolean {
  return !isRecord(settings) || !clears(settings);
}

function clears({ context_management: management, truncation, transforms, plugins }: Record<string, unknown>): boolean {
  if (isRecord(management) && Array.isArray(management.edits)) {
    if (!management.edits.every((edit) => isRecord(edit) && String(edit.type).startsWith('clear_thinking'))) return true;
  } else if (!isEmpty(management)) return true;
  if (!isEmpty(truncation) && truncation !== 'disabled') return true;
  // OpenRouter's leave out messages of the middle.
  return (
    !isEmpty(transforms) || (Array.isArray(plugins) && plugins.some((plugin) => !isRecord(plugin) || plugin.id === 'context-compression'))
  );
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
