/** For `@anthropic-ai/sdk`: a client whose requests to the Messages API are made smaller. The SDK is the user's own; nothing here loads it. */
import { anthropicMessages } from '../protocols/anthropic-messages.ts';
import type { AdapterOptions } from './options.ts';
import { shrinkRequests } from './sdk-client.ts';

export type { AdapterOptions } from './options.ts';

/** What a client has, whatever its version. */
export interface AnthropicClient {
  readonly messages: { readonly create: unknown; readonly countTokens?: unknown };
}

/**
 * A client with the settings of this one that makes the tool results of its requests smaller: of `messages.create`, `stream`, `parse`,
 * `countTokens` and whatever else posts to the same two places. Everything else it does as the given client does, which stays as it is.
 * Throws a `TypeError` for options that make no sense and for what is no such client.
 */
export function withHeadroom<Client extends AnthropicClient>(client: Client, options?: AdapterOptions): Client {
  return shrinkRequests(client, [{ protocol: anthropicMessages, format: 'anthropic' }], options);
}
