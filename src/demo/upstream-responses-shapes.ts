/** The parts of a Responses request that the upstream reads, as loosely as real ones come. */

export interface ResponsesItem {
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | readonly { readonly text?: string }[];
  readonly call_id?: string;
  readonly output?: string | readonly { readonly text?: string }[];
  readonly tools?: readonly ResponsesTool[];
}

interface ResponsesTool {
  readonly type?: string;
  readonly name?: string;
  readonly tools?: readonly ResponsesTool[];
  readonly parameters?: { readonly properties?: Readonly<Record<string, unknown>> };
}

export interface ResponsesRequest {
  readonly model: string;
  readonly input: readonly ResponsesItem[];
  readonly instructions?: string;
  readonly tools?: readonly ResponsesTool[];
  readonly stream?: boolean;
  readonly text?: { readonly format?: { readonly type?: string; readonly schema?: { readonly required?: readonly string[] } } };
}

/** A tool that the request offers; tools stand at the top or in an item of the input, alone or in a namespace. */
export interface OfferedTool {
  readonly name: string;
  readonly namespace: string | undefined;
  /** It takes free text, not JSON. */
  readonly isCustom: boolean;
  readonly properties: readonly string[];
}

/** The request, or why it is none. */
export function readRequest(json: unknown): ResponsesRequest | string {
  const request = json as Partial<ResponsesRequest> | null | undefined;
  if (typeof request !== 'object' || request === null) return 'the request body is not valid JSON';
  if (typeof request.model !== 'string') return 'you must provide a model parameter';
  const input: unknown = request.input;
  if (typeof input === 'string') return { ...request, model: request.model, input: [{ type: 'message', role: 'user', content: input }] };
  if (!Array.isArray(input)) return "one of 'input' or 'previous_response_id' must be provided";
  return request as ResponsesRequest;
}

export function typeOf(item: ResponsesItem): string {
  return item.type ?? (item.role === undefined ? '' : 'message');
}

export function isCall(item: ResponsesItem): boolean {
  return /^(?:function|custom_tool|local_shell)_call$/.test(typeOf(item));
}

export function isOutput(item: ResponsesItem): boolean {
  return /^(?:function|custom_tool|local_shell)_call_output$/.test(typeOf(item));
}

export function textOf(content: ResponsesItem['content']): string {
  return typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('\n');
}

export function offeredTools({ tools = [], input }: ResponsesRequest): OfferedTool[] {
  const inItems = input.flatMap((item) => (typeOf(item) === 'additional_tools' ? (item.tools ?? []) : []));
  return [...tools, ...inItems].flatMap((tool) => flatten(tool, undefined));
}

function flatten(tool: ResponsesTool, namespace: string | undefined): OfferedTool[] {
  if (tool.type === 'namespace') return (tool.tools ?? []).flatMap((inner) => flatten(inner, tool.name));
  if (tool.name === undefined || (tool.type !== 'function' && tool.type !== 'custom')) return [];
  return [{ name: tool.name, namespace, isCustom: tool.type === 'custom', properties: Object.keys(tool.parameters?.properties ?? {}) }];
}
