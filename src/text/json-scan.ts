/**
 * Reads a whole JSON text as bytes, strictly, and lists its values with their spans. It decodes nothing and does not recurse;
 * it accepts exactly what `JSON.parse` accepts of the same bytes.
 */
import { type ByteLanes, lanesOf, skipString } from './json-string.ts';
import type { JsonTape, Kind } from './json-tape.ts';
import { TapeWriter } from './json-tape-writer.ts';

const comma = 0x2c;
const openObject = 0x7b;
const closeObject = 0x7d;
const openArray = 0x5b;
/** Each closing bracket's code is its opening one's plus this. */
const toCloser = 2;

/** A place up to which the same bytes have been scanned, to the same depth: the end of a container, and the containers around it from the root. */
export interface ScannedPart {
  readonly tape: JsonTape;
  readonly last: number;
  readonly within: readonly number[];
}

/**
 * Values nested deeper than `deepest` (the root is 0) are checked and not listed.
 * Undefined where it is not JSON, or has millions of values to list.
 */
export function scanJson(bytes: Buffer, deepest = Number.POSITIVE_INFINITY, scanned?: ScannedPart): JsonTape | undefined {
  const lanes = lanesOf(bytes);
  const tape = new TapeWriter(deepest, bytes.length);
  let closers = new Uint8Array(64);
  let depth = 0;
  let keyStart = 0;
  let keyEnd = 0;
  let at = skipSpace(bytes, 0);
  let hasValue = false;
  if (scanned) {
    const { last, within } = scanned;
    tape.takeOver(scanned.tape, scanned.tape.next(last), within);
    for (const container of within) closers[depth++] = bytes[scanned.tape.start(container)]! + toCloser;
    at = skipSpace(bytes, scanned.tape.end(last));
    hasValue = true;
  }
  for (;;) {
    // A value starts at `at`, unless one has just been taken over.
    const first = bytes[at];
    if (hasValue) hasValue = false;
    else if (first === openObject || first === openArray) {
      tape.open(first === openObject ? 'object' : 'array', keyStart, keyEnd, at);
      if (depth === closers.length) closers = widen(closers);
      closers[depth] = first + toCloser;
      depth += 1;
      keyStart = keyEnd = 0;
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== first + toCloser) {
        if (first === openObject) {
          keyStart = at;
          keyEnd = skipKey(lanes, at);
          if (keyEnd < 0) return undefined;
          at = afterColon(bytes, keyEnd);
          if (at < 0) return undefined;
        }
        continue;
      }
    } else {
      const end = skipScalar(lanes, at, first);
      if (end < 0) return undefined;
      tape.add(kindOfScalar(first), keyStart, keyEnd, at, end);
      at = skipSpace(bytes, end);
    }
    // A value has ended before `at`, or an empty container ends at it: close what closes, until another value comes.
    for (;;) {
      if (depth === 0) return at === bytes.length ? tape.finish(bytes) : undefined;
      const byte = bytes[at];
      const closer = closers[depth - 1];
      if (byte === closer) {
        at += 1;
        depth -= 1;
        tape.close(at);
        at = skipSpace(bytes, at);
      } else if (byte === comma) {
        at = skipSpace(bytes, at + 1);
        keyStart = keyEnd = 0;
        if (closer === closeObject) {
          keyStart = at;
          keyEnd = skipKey(lanes, at);
          if (keyEnd < 0) return undefined;
          at = afterColon(bytes, keyEnd);
          if (at < 0) return undefined;
        }
        break;
      } else return undefined;
    }
  }
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    at += 1;
  }
  return at;
}

function skipKey(lanes: ByteLanes, at: number): number {
  return lanes.bytes[at] === 0x22 ? skipString(lanes, at) : -1;
}

function afterColon(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, from);
  return bytes[at] === 0x3a ? skipSpace(bytes, at + 1) : -1;
}

function skipScalar(lanes: ByteLanes, at: number, first: number | undefined): number {
  switch (first) {
    case 0x22:
      return skipString(lanes, at);
    case 0x74:
      return skipWord(lanes.bytes, at, 'true');
    case 0x66:
      return skipWord(lanes.bytes, at, 'false');
    case 0x6e:
      return skipWord(lanes.bytes, at, 'null');
    default:
      return skipNumber(lanes.bytes, at);
  }
}

function kindOfScalar(first: number | undefined): Kind {
  if (first === 0x22) return 'string';
  if (first === 0x6e) return 'null';
  return first === 0x74 || first === 0x66 ? 'boolean' : 'number';
}

function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 0; i < word.length; i += 1) if (bytes[at + i] !== word.charCodeAt(i)) return -1;
  return at + word.length;
}

function skipNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  const whole = skipDigits(bytes, at);
  if (whole === at || (bytes[at] === 0x30 && whole > at + 1)) return -1;
  at = whole;
  if (bytes[at] === 0x2e) {
    const fraction = skipDigits(bytes, at + 1);
    if (fraction === at + 1) return -1;
    at = fraction;
  }
  if (bytes[at] !== 0x65 && bytes[at] !== 0x45) return at;
  at += bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 2 : 1;
  const exponent = skipDigits(bytes, at);
  return exponent === at ? -1 : exponent;
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at += 1;
  return at;
}

function widen(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(bytes.length * 2);
  wider.set(bytes);
  return wider;
}
