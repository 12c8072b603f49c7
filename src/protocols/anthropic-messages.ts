/** Anthropic Messages: `/v1/messages` and its `count_tokens`, and the same on Vertex and Bedrock. Reading the body and the usage have files of their own. */
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
    modelIn: (path) => hosted.exec(path)?.slice(1).find(Boolean),
    read: createConversationReader(anthropicGrammar),
    createUsageReader,
    errorBody: (status, message) => JSON.stringify({ type: 'error', error: { type: errorType(status), message } }),
  };
}

/** As Vertex and Bedrock have it: the same bodies, without a model. */
const hosted =
  /\/publishers\/anthropic\/models\/([^/:]+):(?:streamRawPredict|rawPredict)$|\/model\/([^/]+)\/invoke(?:-with-response-stream)?$/;

/** A gateway may put a path of its own before `/v1`. */
function serves(method: string, path: string): RequestKind | undefined {
  if (method !== 'POST') return undefined;
  if (path.endsWith('/v1/messages')) return 'turn';
  if (path.endsWith('/v1/messages/count_tokens')) return 'count';
  if (!hosted.test(path)) return undefined;
  return path.endsWith('/count-tokens:rawPredict') ? 'count' : 'turn';
}

/** 529 is this API's own status; to clients it means: wait and try again. */
function errorType(status: number): string {
  return status === 529 ? 'overloaded_error' : 'api_error';
}
