/**
 * The upstream of a comparison: keeps the requests that arrive and answers each with what the conversation goes on with, as a stream. What
 * comes under `/direct` is answered the same way and forgotten.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Conversation, Piece, RequestBody } from './conversations.ts';
import { streamOf } from './reply-stream.ts';

export interface Recorder {
  readonly url: string;
  /** What it answers from now on: these conversations, request by request; directly, those that were recorded. */
  play(conversations: readonly Conversation[]): void;
  /** What came since, in order. */
  take(): RequestBody[];
  close(): void;
}

export async function startRecorder(): Promise<Recorder> {
  let recorded: Buffer[] = [];
  let [replies, directReplies]: Buffer[][] = [[], []];
  const idle = streamOf([{ type: 'text', text: 'Done.' }]);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const [, way] = /^(\/direct)?\/v1\/messages(\?|$)/.exec(request.url ?? '') ?? [undefined, 'none'];
      if (way === undefined) recorded.push(Buffer.concat(chunks));
      const reply = (way === undefined ? replies : way === 'none' ? undefined : directReplies)?.shift();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(reply ?? idle);
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play: (conversations) => {
      recorded = [];
      replies = conversations.flatMap(repliesOf);
      directReplies = conversations.filter(({ group }) => group === 'sessions').flatMap(repliesOf);
    },
    take: () => recorded.map((bytes) => JSON.parse(bytes.toString('utf8')) as RequestBody),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function repliesOf({ messages, ends }: Conversation): Buffer[] {
  return ends.map((end) => {
    const next = messages[end];
    const content = next?.role === 'assistant' ? next.content : 'Done.';
    return streamOf(typeof content === 'string' ? [{ type: 'text', text: content }] : (content as readonly Piece[]));
  });
}
