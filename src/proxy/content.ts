/** What is behind the content secret: one body in, one answer out, nothing upstream. What the bodies mean is the matter of whoever started the proxy. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { readBody } from './body.ts';
import { pathOf } from './exchange.ts';
import type { ExchangeRecord } from './records.ts';

export interface ContentAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** What there is to tell of it, once the answer has left. */
  readonly record: Pick<ExchangeRecord, 'blocks' | 'bytesReceived' | 'bytesSent' | 'untouched'> | undefined;
}

/** Undefined where nothing is served at this path; a rejection becomes a 500. */
export type AnswerContent = (path: string, body: Buffer, pipeline: () => Promise<Pipeline>) => Promise<ContentAnswer | undefined>;

export interface ContentParts {
  readonly answerContent?: AnswerContent;
  readonly pipeline: () => Promise<Pipeline>;
  readonly onRecord: (record: ExchangeRecord) => void;
}

/** 32 MiB: several times what is worth working on. */
const mostBodyBytes = 32 * 1024 * 1024;

/** `target` is the path and query without the secret. Never rejects; resolves when the record is out. */
export async function serveContent(request: IncomingMessage, response: ServerResponse, target: string, parts: ContentParts): Promise<void> {
  const time = Date.now();
  const path = pathOf(target);
  const { status, body, record, addedMs } = await answer(request, path, parts);
  const isTaken = await finish(request, response, status, body);
  // An answer that nobody took changed nothing.
  const bytes = record?.bytesReceived ?? 0;
  const unchanged = { blocks: [], bytesReceived: bytes, bytesSent: bytes, untouched: record && 'answered too late' };
  parts.onRecord({
    ...{ time, protocol: undefined, model: undefined, method: request.method ?? '', path, status },
    ...{ kind: record ? 'tool-output' : 'other', outcome: isTaken ? 'answered' : 'aborted', retried: false, usage: undefined, addedMs },
    ...(isTaken ? (record ?? unchanged) : unchanged),
  });
}

async function answer(
  request: IncomingMessage,
  path: string,
  { answerContent, pipeline }: ContentParts,
): Promise<ContentAnswer & { readonly addedMs: number }> {
  const refusal = (status: number) => ({ status, body: Buffer.alloc(0), record: undefined, addedMs: 0 });
  try {
    if (request.method !== 'POST' || !answerContent) return refusal(404);
    const body = await readBody(request, mostBodyBytes);
    if (!body) return refusal(413);
    const start = performance.now();
    const given = await answerContent(path, body, pipeline);
    return given ? { ...given, addedMs: performance.now() - start } : refusal(404);
  } catch {
    return refusal(500);
  }
}

/** Whether the whole answer left. What is still coming of the request is not waited for. */
function finish(request: IncomingMessage, response: ServerResponse, status: number, body: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve(false);
    response.on('finish', () => resolve(true)).on('close', () => resolve(false));
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, connection: 'close' });
    response.end(body);
    if (!request.complete) request.resume();
  });
}
