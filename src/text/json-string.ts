/** Walks over one JSON string literal in bytes, checking it, without decoding it. Four bytes at a time where nothing special stands. */

const quote = 0x22;
const backslash = 0x5c;

/** Bytes and the same bytes as 32-bit words, for the fast lane. Byte order does not matter: words are only asked whether a byte is in them. */
export interface ByteLanes {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Index in `bytes` at which the first word starts. */
  readonly wordsFrom: number;
}

export function lanesOf(bytes: Uint8Array): ByteLanes {
  const wordsFrom = -bytes.byteOffset & 3;
  const count = (bytes.length - wordsFrom) >> 2;
  const words = count > 0 ? new Int32Array(bytes.buffer, bytes.byteOffset + wordsFrom, count) : new Int32Array(0);
  return { bytes, words, wordsFrom };
}

/** The index after the closing quote of the literal whose opening quote is at `open`, or -1 where JSON does not allow it. */
export function skipString({ bytes, words, wordsFrom }: ByteLanes, open: number): number {
  const length = bytes.length;
  let at = open + 1;
  while (at < length) {
    if (((at - wordsFrom) & 3) === 0) {
      let word = (at - wordsFrom) >> 2;
      while (word < words.length && isPlain(words[word]!)) word += 1;
      at = wordsFrom + (word << 2);
      if (at >= length) return -1;
    }
    const byte = bytes[at]!;
    if (byte === quote) return at + 1;
    if (byte < 0x20) return -1;
    if (byte !== backslash) at += 1;
    else {
      const size = escapeSize(bytes, at);
      if (size === 0) return -1;
      at += size;
    }
  }
  return -1;
}

/**
 * False where one of the four bytes is a quote, a backslash or a control character (and rarely where none is).
 * With bit 1 turned over a quote becomes 0x20 and control characters stay below it: both are what is less than 0x21.
 */
function isPlain(word: number): boolean {
  const turned = word ^ 0x02020202;
  const backslashes = word ^ 0x5c5c5c5c;
  return ((((turned - 0x21212121) & ~turned) | ((backslashes - 0x01010101) & ~backslashes)) & 0x80808080) === 0;
}

/** 2 or 6 bytes, or 0 where the escape is not one of JSON's. */
function escapeSize(bytes: Uint8Array, at: number): number {
  switch (bytes[at + 1]) {
    case quote:
    case backslash:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2;
    case 0x75: // u
      return isHex(bytes[at + 2]) && isHex(bytes[at + 3]) && isHex(bytes[at + 4]) && isHex(bytes[at + 5]) ? 6 : 0;
    default:
      return 0;
  }
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
