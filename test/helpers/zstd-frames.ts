/** Frames of zstd written by hand (RFC 8878), for Node 20 writes none: texts as they are, and little that unpacks to much. */

/** A frame as a stream is written: blocks as they are, and no size told. */
export function stored(bytes: Buffer, blockSize = 100_000): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += blockSize) blocks.push(bytes.subarray(at, at + blockSize));
  const parts = blocks.flatMap((block, at) => [blockHeader(block.length, 0, at === blocks.length - 1), block]);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]), ...parts]);
}

/** A byte said so often, 128 KiB a block. `size`: what it says that it holds. */
export function repeated(byte: number, times: number, size?: number): Buffer {
  const block = 128 * 1024;
  const count = Math.ceil(times / block);
  const parts = Array.from({ length: count }, (_, at) =>
    Buffer.concat([blockHeader(Math.min(block, times - at * block), 1, at === count - 1), Buffer.from([byte])]),
  );
  const told = Buffer.alloc(8);
  if (size !== undefined) told.writeBigUInt64LE(BigInt(size));
  const head = size === undefined ? [0x00, 0x58] : [0xc0, 0x58, ...told];
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...head]), ...parts]);
}

function blockHeader(size: number, type: number, isLast: boolean): Buffer {
  const value = (size << 3) | (type << 1) | (isLast ? 1 : 0);
  return Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16]);
}
