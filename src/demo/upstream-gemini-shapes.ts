/** The requests that Gemini's API takes, and what it says of those that make no sense. */

export interface Part {
  readonly text?: string;
  readonly functionCall?: { readonly name?: string };
  readonly functionResponse?: { readonly name?: string; readonly response?: unknown };
}

export interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

interface Declaration {
  readonly name: string;
  readonly parameters?: { readonly properties?: object };
  readonly parametersJsonSchema?: { readonly properties?: object };
}

export interface GeminiRequest {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly { readonly functionDeclarations?: readonly Declaration[] }[];
  readonly generationConfig?: {
    readonly responseJsonSchema?: Schema;
    readonly responseSchema?: Schema;
    readonly thinkingConfig?: { readonly includeThoughts?: boolean };
  };
}

interface Schema {
  readonly required?: readonly string[];
}

export function textOf(content: Content | undefined): string {
  return (content?.parts ?? []).map(({ text = '' }) => text).join('\n');
}

export function readRequest(json: unknown): GeminiRequest | string {
  const request = json as Partial<GeminiRequest> | null | undefined;
  if (typeof request !== 'object' || request === null) return 'Invalid JSON payload received.';
  if (!Array.isArray(request.contents) || request.contents.length === 0)
    return 'GenerateContentRequest.contents: contents is not specified';
  return request as GeminiRequest;
}

/** As many responses as calls, right after them. */
export function refuseContents(contents: readonly Content[]): string | undefined {
  const count = (content: Content | undefined, kind: 'functionCall' | 'functionResponse') =>
    (content?.parts ?? []).filter((part) => part[kind]).length;
  const at = contents.findIndex((content, index) => {
    const responses = count(content, 'functionResponse');
    return responses > 0 && responses !== count(contents[index - 1], 'functionCall');
  });
  if (at < 0) return undefined;
  return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
}
