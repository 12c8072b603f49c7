/** Reads the events in Bedrock's own framing of a stream (`application/vnd.amazon.eventstream`), from a copy: checksums are the client's to compare. */

export interface FrameReader {
  write(chunk: Buffer): void;
}

/** Lengths of the frame and of its headers, and their checksum; behind the payload stands the checksum of all. */
const preludeBytes = 12;
const checksumBytes = 4;

/** Gives the text of each event as it would stand in a server-sent one. A frame of more than `mostBytes` ends the reading. */
export function createFrameReader(onEvent: (data: string) => void, mostBytes: number): FrameReader {
  let held: Buffer = Buffer.alloc(0);
  let isOver = false;
  return {
    write: (chunk) => {
      if (isOver) return;
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      while (held.length >= preludeBytes) {
        const size = held.readUInt32BE(0);
        const start = preludeBytes + held.readUInt32BE(4);
        isOver = size > mostBytes || start > size - checksumBytes;
        if (isOver) held = Buffer.alloc(0);
        if (isOver || held.length < size) return;
        const payload = held.toString('utf8', start, size - checksumBytes);
        held = held.subarray(size);
        try {
          readPayload(payload, onEvent);
        } catch {
          // What follows is read also where this one makes no sense.
        }
      }
    },
  };
}

/** `{"bytes": "..."}` holds the provider's own event in base64; what is otherwise, such as an error, is none. */
function readPayload(json: string, onEvent: (data: string) => void): void {
  const { bytes } = JSON.parse(json) as { readonly bytes?: unknown };
  if (typeof bytes === 'string') onEvent(Buffer.from(bytes, 'base64').toString());
}
