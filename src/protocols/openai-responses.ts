/** OpenAI's Responses, over HTTP. Reading the body and the usage have files of their own. */
import { createConversationReader } from './conversation-reader.ts';
import { responsesGrammar } from './openai-responses-conversation.ts';
import { createResponsesUsageReader } from './openai-responses-usage.ts';
import type { Protocol, RequestKind } from './protocol.ts';

export const openaiResponses: Protocol = createOpenaiResponses();

/** One that remembers nothing yet; what it has read before makes it quicker and changes nothing. */
export function createOpenaiResponses(): Protocol {
  return {
    name: 'openai-responses',
    family: 'openai',
    serves,
    read: createConversationReader(responsesGrammar),
    createUsageReader: createResponsesUsageReader,
    errorBody: (status, message) =>
      JSON.stringify({ error: { message, type: status >= 500 ? 'server_error' : 'api_error', param: null, code: null } }),
  };
}

/** Before it stands `/v1`, `/backend-api/codex` for those with a ChatGPT account, or whatever a gateway puts there. */
function serves(method: string, path: string): RequestKind | undefined {
  if (method !== 'POST') return undefined;
  // A request to sum up the conversation is answered by the model as well.
  if (path.endsWith('/responses') || path.endsWith('/responses/compact')) return 'turn';
  return path.endsWith('/responses/input_tokens') ? 'count' : undefined;
}
