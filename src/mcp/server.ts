/** The MCP server on standard input and output: it ends with its client, and writes nothing but the protocol. */
import type { Readable, Writable } from 'node:stream';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js';
import { version } from '../version.ts';
import { createStdioTransport } from './stdio.ts';
import { callTool, type Toolbox, tools } from './tools.ts';

const instructions =
  'Where a result holds a note such as [… 118 lines not shown, full text: …], headroom_retrieve gives the exact original back by the hash in the note: whole, by lines, or by the words that lines hold.';

export interface ServerStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Fulfilled when the client is gone and everything it asked for is answered. */
export async function serveMcp(toolbox: Toolbox, { input, output }: ServerStreams): Promise<void> {
  const transport = createStdioTransport(input, output);
  await createMcpServer(toolbox).connect(transport);
  await transport.ended;
}

/** The same for any transport. */
export function createMcpServer(toolbox: Toolbox): Server {
  const server = new Server({ name: 'headroom', version }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...tools] }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const result = await callTool(params.name, params.arguments ?? {}, toolbox);
    if (!result) throw new McpError(ErrorCode.InvalidParams, `There is no tool \`${params.name.slice(0, 80)}\``);
    return result;
  });
  return server;
}
