/** For `openai`: a client whose requests to Chat Completions and Responses are made smaller. The SDK is the user's own; nothing here loads it. */
import { openaiChat } from '../protocols/openai-chat.ts';
import { openaiResponses } from '../protocols/openai-responses.ts';
import type { AdapterOptions } from './options.ts';
import { shrinkRequests } from './sdk-client.ts';

export type { AdapterOptions } from './options.ts';

/** What a client has, whatever its version. */
export interface OpenAIClient {
  readonly chat: { readonly completions: { readonly create: unknown } };
}

/**
 * A client with the settings of this one that makes the tool results of its requests smaller: of `chat.completions.create`, `stream`, `parse`
 * and `runTools`, of `responses.create` and its kin, and whatever else posts to the same places. Everything else it does as the given client
 * does, which stays as it is. Throws a `TypeError` for options that make no sense and for what is no such client.
 */
export function withHeadroom<Client extends OpenAIClient>(client: Client, options?: AdapterOptions): Client {
  const apis = [
    { protocol: openaiChat, format: 'openai' },
    { protocol: openaiResponses, format: 'responses' },
  ] as const;
  return shrinkRequests(client, apis, options);
}
