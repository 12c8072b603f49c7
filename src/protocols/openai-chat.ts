/** OpenAI's Chat Completions, as many others speak them too. Reading the body and the usage have files of their own. */
import { createConversationReader } from './conversation-reader.ts';
import { chatGrammar } from './openai-chat-conversation.ts';
import { createChatUsageReader } from './openai-chat-usage.ts';
import type { Protocol } from './protocol.ts';

export const openaiChat: Protocol = createOpenaiChat();

/** One that remembers nothing yet; what it has read before makes it quicker and changes nothing. */
export function createOpenaiChat(): Protocol {
  return {
    name: 'openai-chat',
    family: 'openai',
    // Before it stands `/v1`, or whatever a gateway puts there.
    serves: (method, path) => (method === 'POST' && path.endsWith('/chat/completions') ? 'turn' : undefined),
    read: createConversationReader(chatGrammar),
    createUsageReader: createChatUsageReader,
    errorBody: (status, message) =>
      JSON.stringify({ error: { message, type: status >= 500 ? 'server_error' : 'api_error', param: null, code: null } }),
  };
}
