/** Google's Gemini, as AI Studio and Vertex serve it, and as Code Assist wraps it for those with a Google login. Reading has files of its own. */
import { createConversationReader } from './conversation-reader.ts';
import { geminiGrammar } from './gemini-conversation.ts';
import { createGeminiUsageReader } from './gemini-usage.ts';
import type { Protocol } from './protocol.ts';

export const gemini: Protocol = createGemini();

/** One that remembers nothing yet; what it has read before makes it quicker and changes nothing. */
export function createGemini(): Protocol {
  return {
    name: 'gemini',
    family: 'gemini',
    serves: (method, path) => {
      const [, verb] = (method === 'POST' && served.exec(path)) || [];
      if (verb === undefined) return undefined;
      return verb === 'countTokens' ? 'count' : 'turn';
    },
    modelIn: (path) => named.exec(path)?.[1],
    read: createConversationReader(geminiGrammar),
    createUsageReader: createGeminiUsageReader,
    errorBody: (status, message) =>
      JSON.stringify({ error: { code: status, message, status: status === 502 ? 'UNAVAILABLE' : 'INTERNAL' } }),
  };
}

const verbs = 'generateContent|streamGenerateContent|countTokens';
const served = new RegExp(`/(?:(?:models|tunedModels|endpoints)/[^/:]+|v1internal):(${verbs})$`);
const named = /\/(?:models|tunedModels|endpoints)\/([^/:]+):/;
