/** The upstream of a comparison: keeps the requests that arrive, answers each at once. What comes under `/direct` is answered and forgotten. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestBody } from './conversations.ts';

export interface Recorder {
  readonly url: string;
  /** What came since it was last asked, in order. */
  take(): RequestBody[];
  close(): void;
}

const usage = { input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 2 };
const message = { id: 'msg_compare', type: 'message', role: 'assistant', model: 'claude-opus-4-6', content: [], stop_reason: null, usage };
const events = [
  { type: 'message_start', message },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Done.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
];
const answer = Buffer.from(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));

export async function startRecorder(): Promise<Recorder> {
  let recorded: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      if (request.method === 'POST' && /^\/v1\/messages(\?|$)/.test(request.url ?? '')) recorded.push(Buffer.concat(chunks));
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer);
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const bodies = recorded.map((bytes) => JSON.parse(bytes.toString('utf8')) as RequestBody);
      recorded = [];
      return bodies;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
