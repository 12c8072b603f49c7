/** The JSON body of a request to the API, or what to answer where there is none. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { decodeBody, readBody } from '../proxy/body.ts';
import { type Reply, refusal } from './reply.ts';

export interface JsonBody {
  readonly bytes: Buffer;
  /** What the bytes parse to: an object. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** Rejects where the client goes away. */
export async function readJson(request: IncomingMessage): Promise<JsonBody | { readonly refused: Reply }> {
  const raw = await readBody(request);
  if (!raw) return { refused: { ...invalid(413, 'The body is over 64 MiB.'), headers: { connection: 'close' } } };
  const { body: bytes, untouched } = await decodeBody(raw, request.headers['content-encoding']);
  if (!bytes) return { refused: invalid(untouched?.startsWith('over') ? 413 : 415, `The body cannot be read: ${untouched}.`) };
  const value = parse(bytes);
  if (value === undefined) return { refused: invalid(400, 'Invalid JSON in request body.') };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { refused: invalid(400, 'The body is no JSON object.') };
  return { bytes, value: value as JsonBody['value'] };
}

export function invalid(status: number, message: string): Reply {
  return refusal(status, 'invalid_request', message);
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return undefined;
  }
}
