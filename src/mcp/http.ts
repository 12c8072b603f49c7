/**
 * The same server as streamable HTTP: one request, one answer as JSON. It keeps no session, so that a client goes on after a restart, and
 * opens no stream of its own, since it has nothing to say unasked.
 */
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { createMcpServer } from './server.ts';
import type { Toolbox } from './tools.ts';

export interface McpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface McpReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** `signal`: the client went away; then it rejects. */
export async function answerMcp({ method, headers, body }: McpRequest, toolbox: Toolbox, signal: AbortSignal): Promise<McpReply> {
  if (method !== 'POST') return { status: 405, type: 'application/json', body: refused };
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true, maxRequestBodySize: body.length || 1 });
  const server = createMcpServer(toolbox);
  try {
    await server.connect(transport);
    const request = new Request('http://mcp/', { method, headers: plain(headers), body });
    // What was called off in the same request is never answered.
    const gone = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('the client went away'))));
    const response = await Promise.race([transport.handleRequest(request), gone]);
    return { status: response.status, type: response.headers.get('content-type') ?? 'application/json', body: await response.text() };
  } finally {
    await server.close();
  }
}

const refused = JSON.stringify({ jsonrpc: '2.0', error: { code: -32000, message: 'Only POST: there is no stream to open' }, id: null });

/** What a message is read by. */
function plain(headers: McpRequest['headers']): Record<string, string> {
  const names = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id', 'last-event-id'];
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])));
}
