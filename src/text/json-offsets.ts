/** Finds, in the bytes of a JSON string literal, where characters of the decoded text begin. It decodes nothing. */

const backslash = 0x5c;

/**
 * For each of the offsets, in UTF-16 units and ascending, the index of the byte at which that unit is spelled; for the text's length
 * that of the closing quote. `open` is the index of the opening quote of a literal that was checked. An offset within a pair of
 * surrogates that is spelled as one character gives the place after it.
 */
export function bytesAtUnits(bytes: Uint8Array, open: number, offsets: readonly number[]): number[] {
  const found: number[] = [];
  let at = open + 1;
  let units = 0;
  for (const offset of offsets) {
    while (units < offset) {
      const byte = bytes[at]!;
      if (byte === backslash) at += bytes[at + 1] === 0x75 ? 6 : 2;
      else if (byte < 0x80) at += 1;
      else if (byte < 0xe0) at += 2;
      else if (byte < 0xf0) at += 3;
      else {
        at += 4;
        units += 1;
      }
      units += 1;
    }
    found.push(at);
  }
  return found;
}
