/** The parts of an Anthropic Messages request that the upstream reads, as loosely as real ones come. */

export interface AnthropicBlock {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly id?: string;
  readonly tool_use_id?: string;
  readonly content?: unknown;
  readonly cache_control?: { readonly ttl?: string } | null;
}

export interface AnthropicMessage {
  readonly role: string;
  readonly content: string | readonly AnthropicBlock[];
}

interface AnthropicTool {
  readonly name: string;
  readonly input_schema?: { readonly properties?: Readonly<Record<string, unknown>> };
  readonly cache_control?: { readonly ttl?: string } | null;
}

export interface AnthropicRequest {
  readonly model: string;
  readonly messages: readonly AnthropicMessage[];
  readonly system?: string | readonly AnthropicBlock[];
  readonly tools?: readonly AnthropicTool[];
  readonly stream?: boolean;
  readonly thinking?: { readonly type?: string; readonly display?: string };
  readonly tool_choice?: unknown;
  readonly safeguards?: readonly { readonly type?: string }[];
  readonly output_config?: { readonly format?: { readonly type?: string; readonly schema?: { readonly required?: readonly string[] } } };
  readonly cache_control?: { readonly ttl?: string } | null;
}

/** The request, or why it is none. */
export function readRequest(json: unknown): AnthropicRequest | string {
  const request = json as Partial<AnthropicRequest> | null | undefined;
  if (typeof request !== 'object' || request === null) return 'the request body is not valid JSON';
  if (typeof request.model !== 'string') return 'model: Field required';
  if (!Array.isArray(request.messages) || request.messages.length === 0) return 'messages: at least one message is required';
  return request as AnthropicRequest;
}

/** A message's blocks; a plain string is a single text. */
export function blocksOf(content: string | readonly AnthropicBlock[] | undefined): readonly AnthropicBlock[] {
  if (content === undefined) return [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
