/** The APIs we know, in the order they are asked. */
import { anthropicMessages } from './anthropic-messages.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Protocol } from './protocol.ts';

export const protocols: readonly Protocol[] = [anthropicMessages, openaiChat, openaiResponses, gemini];
