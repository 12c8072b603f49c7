/** Anthropic Messages: `/v1/messages` and its `count_tokens`. Reading the body and the usage have files of their own. */
import { anthropicGrammar } from './anthropic-conversation.ts';
import { createUsageReader } from './anthropic-usage.ts';
import { createConversationReader } from './conversation-reader.ts';
import type { Protocol, RequestKind } from './protocol.ts';

export const anthropicMessages: Protocol = createAnthropicMessages();

/** One that remembers nothing yet; what it has read before makes it quicker and changes nothing. */
export function createAnthropicMessages(): Protocol {
  return {
    name: 'anthropic-messages',
    family: 'anthropic',
    serves,
    read: createConversationReader(anthropicGrammar),
    createUsageReader,
    errorBody: (status, message) => JSON.stringify({ type: 'error', error: { type: errorType(status), message } }),
  };
}

/** A gateway may put a path of its own before `/v1`. */
function serves(method: string, path: string): RequestKind | undefined {
  if (method !== 'POST') return undefined;
  if (path.endsWith('/v1/messages')) return 'turn';
  return path.endsWith('/v1/messages/count_tokens') ? 'count' : undefined;
}

/** 529 is this API's own status; to clients it means: wait and try again. */
function errorType(status: number): string {
  return status === 529 ? 'overloaded_error' : 'api_error';
}
