/** Takes in a request's body, up to a limit, and undoes its content-encoding. What it holds is still what the agent sent. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { decodeZstd } from './zstd.ts';

/** 64 MiB, as received and as decoded; what is larger streams through untouched. */
const maxBodyBytes = 64 * 1024 * 1024;

export interface Decoded {
  readonly body: Buffer | undefined;
  /** Why there is no body. */
  readonly untouched: string | undefined;
}

/**
 * The whole body, or undefined where it is over the limit: then what was read is back in the stream, which has not been touched as far
 * as the next reader can tell. Rejects where the agent goes away.
 */
export function readBody(request: IncomingMessage, mostBytes: number = maxBodyBytes): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = () => request.off('data', take).off('end', finish).off('error', fail).off('close', fail);
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= mostBytes) return;
      settle();
      request.pause();
      request.unshift(Buffer.concat(chunks));
      resolve(undefined);
    };
    const finish = () => {
      settle();
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
    };
    const fail = () => {
      settle();
      reject(new Error('the agent went away'));
    };
    request.on('data', take).on('end', finish).on('error', fail).on('close', fail);
  });
}

/** Undoes one content-encoding; anything it does not know or cannot undo stays as it is. */
export async function decodeBody(raw: Buffer, encoding: string | undefined): Promise<Decoded> {
  const name = (encoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return { body: raw, untouched: undefined };
  const decoder = decoders[name];
  if (!decoder) return { body: undefined, untouched: `content-encoding ${name.slice(0, 40)}` };
  try {
    return { body: await decoder(raw), untouched: undefined };
  } catch (thrown) {
    const isTooLarge = thrown instanceof RangeError || (thrown as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    return { body: undefined, untouched: isTooLarge ? 'over 64 MiB' : `broken ${name}` };
  }
}

const limit = { maxOutputLength: maxBodyBytes };
const decoders: Readonly<Record<string, ((raw: Buffer) => Promise<Buffer>) | undefined>> = Object.assign(Object.create(null), {
  gzip: (raw: Buffer) => promisify(gunzip)(raw, limit),
  'x-gzip': (raw: Buffer) => promisify(gunzip)(raw, limit),
  zstd: (raw: Buffer) => decodeZstd(raw, maxBodyBytes),
  br: (raw: Buffer) => promisify(brotliDecompress)(raw, limit),
  // By the book a zlib stream; some clients send bare deflate under the same name.
  deflate: (raw: Buffer) => (looksLikeZlib(raw) ? promisify(inflate)(raw, limit) : promisify(inflateRaw)(raw, limit)),
});

/** By the first byte: method 8 of a zlib header, which bare deflate does not begin with. */
export function looksLikeZlib(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 8;
}
