/**
 * Reads the provider's usage from a copy of the reply, JSON, server-sent events or Bedrock's, in every encoding that can be read.
 * It never throws, never holds the reply up, and gives up rather than hold more than its bounds.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { createParser } from 'eventsource-parser';
import type { Usage } from '../block.ts';
import type { UsageReader } from '../protocols/protocol.ts';
import { createFrameReader } from './aws-events.ts';
import { looksLikeZlib } from './body.ts';
import { createZstdDecoder } from './zstd.ts';

export interface ReplyCopy {
  write(chunk: Buffer): void;
  /** The reply is over, whole or not; resolves when all that came has been read. */
  end(): Promise<Usage | undefined>;
}

/** A JSON reply, one event, or what waits for the decoder: beyond this many bytes the copy is given up. */
const maxHeldBytes = 16 * 1024 * 1024;

export function copyReply(headers: IncomingHttpHeaders, reader: UsageReader): ReplyCopy {
  const sink = createSink(headers['content-type'] ?? '', reader);
  const decoded = decode((headers['content-encoding'] ?? '').trim().toLowerCase(), sink);
  return {
    write: decoded.write,
    end: async () => {
      await decoded.end();
      return read(() => {
        sink.end();
        return reader.usage();
      });
    },
  };
}

interface Sink {
  write(chunk: Buffer): void;
  end(): void;
}

/** Text comes in any cut, also within a character. */
function createSink(contentType: string, reader: UsageReader): Sink {
  const decoder = new TextDecoder();
  if (/^\s*text\/event-stream/i.test(contentType)) {
    const parser = createParser({ onEvent: ({ data }) => read(() => reader.event(data)), maxBufferSize: maxHeldBytes });
    return {
      write: (chunk) => read(() => parser.feed(decoder.decode(chunk, { stream: true }))),
      // A stream that ends within an event: what is there may still be whole.
      end: () => read(() => parser.feed(`${decoder.decode()}\n\n`)),
    };
  }
  if (/^\s*application\/vnd\.amazon\.eventstream/i.test(contentType)) {
    const frames = createFrameReader((data) => reader.event(data), maxHeldBytes);
    return { write: (chunk) => read(() => frames.write(chunk)), end: () => {} };
  }
  if (!/json/i.test(contentType)) return { write: () => {}, end: () => {} };
  let parts: string[] | undefined = [];
  let size = 0;
  return {
    write: (chunk) => {
      size += chunk.length;
      if (size > maxHeldBytes) parts = undefined;
      parts?.push(decoder.decode(chunk, { stream: true }));
    },
    end: () => read(() => parts && size > 0 && reader.body(parts.join('') + decoder.decode())),
  };
}

interface Decoding {
  write(chunk: Buffer): void;
  end(): Promise<void>;
}

function decode(encoding: string, sink: Sink): Decoding {
  if (encoding === '' || encoding === 'identity') return { write: (chunk) => sink.write(chunk), end: async () => {} };
  const create = createDecoder[encoding];
  if (!create) return { write: () => {}, end: async () => {} };
  let stream: Transform | undefined;
  let over = Promise.resolve();
  const open = (first: Buffer) => {
    const opened = create(first);
    over = new Promise((resolve) =>
      opened
        .on('close', resolve)
        .on('end', resolve)
        .on('error', () => resolve()),
    );
    opened.on('data', (chunk: Buffer) => sink.write(chunk));
    return opened;
  };
  return {
    write: (chunk) => {
      stream ??= open(chunk);
      if (stream.writableLength > maxHeldBytes) stream.destroy();
      if (stream.writable) stream.write(chunk);
    },
    end: async () => {
      if (stream?.writable) stream.end();
      await over;
    },
  };
}

const createDecoder: Readonly<Record<string, ((first: Buffer) => Transform) | undefined>> = Object.assign(Object.create(null), {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: (first: Buffer) => (looksLikeZlib(first) ? zlib.createInflate() : zlib.createInflateRaw()),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => createZstdDecoder(maxHeldBytes),
});

function read<Result>(step: () => Result): Result | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
