/** Makes blocks that know their place: text and tool inputs are decoded when first asked for, and once. */
import type { ToolCall } from '../block.ts';
import type { JsonTape } from '../text/json-tape.ts';
import type { WireBlock } from './protocol.ts';
import type { Piece } from './user-pieces.ts';

/** A block of the text that the string value holds. */
export function textBlock(tape: JsonTape, key: string, source: 'said' | 'result', value: number, call: ToolCall | undefined): WireBlock {
  const text = once(() => tape.string(value) ?? '');
  return {
    key,
    source,
    call,
    start: tape.start(value) + 1,
    end: tape.end(value) - 1,
    get text() {
      return text();
    },
  };
}

/** A block of a part of a text: output that stands in it, or what stands around. The part is cut at no escape and at no character. */
export function pieceBlock(tape: JsonTape, key: string, { start, end, call }: Piece): WireBlock {
  const text = once(() => JSON.parse(`"${tape.bytes.toString('utf8', start, end)}"`) as string);
  return {
    key,
    source: call ? 'result' : 'said',
    call,
    start,
    end,
    get text() {
      return text();
    },
  };
}

/** A block nobody reads; its span is the whole value. */
export function opaqueBlock(key: string, start: number, end: number): WireBlock {
  return { key, source: 'opaque', text: '', call: undefined, start, end };
}

/** The call with that name; `input` -1: there is none, and `isReadable` false: its bytes are not text. */
export function callOf(tape: JsonTape, name: number, input: number, isReadable: boolean): ToolCall {
  return parsedCall(tape, name, () => (input >= 0 && isReadable ? tape.parse(input) : undefined));
}

/** The call with that name, its input made when first asked for. */
export function parsedCall(tape: JsonTape, name: number, parseInput: () => unknown): ToolCall {
  const parsed = once(parseInput);
  return {
    tool: tape.string(name) ?? '',
    get input() {
      return parsed();
    },
  };
}

/** Asks `make` at most once, and lets go of what it holds. */
function once<T>(make: () => T): () => T {
  let pending: (() => T) | undefined = make;
  let made: T | undefined;
  return () => {
    if (pending !== undefined) {
      made = pending();
      pending = undefined;
    }
    return made as T;
  };
}
