/**
 * Undoes zstd. Whole bodies by Facebook's decoder as WebAssembly, loaded when one first comes: Node 20 has none, and that of Node 22 and 24
 * ends with the first frame and drops what follows, without a word. Copies of replies by Node, where it can.
 */
import { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

const own = zlib as { readonly createZstdDecompress?: () => Transform };

/** Whether a stream can be read as it comes. */
export const streamsZstd = own.createZstdDecompress !== undefined;

/** Rejects for what is broken, or holds more than `mostBytes`: by a `RangeError` where the body itself says so. */
export async function decodeZstd(raw: Buffer, mostBytes: number): Promise<Buffer> {
  const told = contentSize(raw);
  if (told !== undefined && told > mostBytes) throw new RangeError('too large');
  const decoder = await loadDecoder();
  // It is told how much there is room for, and gives nothing where that is too little: what is broken is tried at every size.
  for (let room = Math.min(told || Math.max(8 * raw.length, 256 * 1024), mostBytes); ; room = Math.min(4 * room, mostBytes)) {
    const { buffer, byteOffset, length } = decoder.decode(raw, room);
    if (length > 0) return Buffer.from(buffer, byteOffset, length);
    if (room === mostBytes) throw new Error('broken, or too large');
  }
}

/** Where streams cannot be read as they come, it reads all at the end, and nothing of one that is broken off or longer than `mostBytes`. */
export function createZstdDecoder(mostBytes: number): Transform {
  if (own.createZstdDecompress) return own.createZstdDecompress();
  const chunks: Buffer[] = [];
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > mostBytes) return done(new RangeError('too large'));
      chunks.push(chunk);
      done();
    },
    flush(done) {
      decodeZstd(Buffer.concat(chunks), mostBytes).then((bytes) => done(null, bytes), done);
    },
  });
}

/** What the first frame says it holds (RFC 8878, 3.1.1.1); whoever writes a stream does not know it beforehand. */
function contentSize(raw: Buffer): number | undefined {
  if (raw.length < 18 || raw.readUInt32LE(0) !== 0xfd2fb528) return undefined;
  const flags = raw[4]!;
  const isSingle = (flags & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][flags & 3]!;
  if (flags >> 6 === 0) return isSingle ? raw[at] : undefined;
  if (flags >> 6 === 1) return raw.readUInt16LE(at) + 256;
  return flags >> 6 === 2 ? raw.readUInt32LE(at) : Number(raw.readBigUInt64LE(at));
}

let loading: Promise<{ decode(raw: Uint8Array, room: number): Uint8Array }> | undefined;

function loadDecoder() {
  loading ??= import('zstddec').then(async ({ ZSTDDecoder }) => {
    const decoder = new ZSTDDecoder();
    await decoder.init();
    return decoder;
  });
  return loading;
}
