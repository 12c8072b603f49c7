/** Cuts a user's text where an agent wrote output of commands into it: pieces that together cover all of it, each with its bytes. */
import type { ToolCall } from '../block.ts';
import { bytesAtUnits } from '../text/json-offsets.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { findOutputs, outputHints } from './aider-output.ts';

/** Bytes `start..end` of the body, within the quotes. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Set for output: what returned it. */
  readonly call: ToolCall | undefined;
}

/** No pieces: it is a text like any other. `value` is a string whose bytes are UTF-8; `said` the texts that the model said before it. */
export function cutUserText(tape: JsonTape, value: number, said: readonly number[]): readonly Piece[] {
  const literal = tape.bytes.subarray(tape.start(value), tape.end(value));
  if (!outputHints.some((hint) => literal.includes(hint))) return [];
  const text = tape.string(value) ?? '';
  let lines: ReadonlySet<string> | undefined;
  const outputs = findOutputs(text, (command) => {
    lines ??= linesOf(tape, said.slice(-mostTexts));
    return lines.has(command);
  });
  if (outputs.length === 0) return [];
  const edges = outputs.flatMap(({ from, to }) => [from, to]);
  const places = bytesAtUnits(tape.bytes, tape.start(value), edges);
  const pieces: Piece[] = [];
  let at = tape.start(value) + 1;
  const add = (end: number, call: ToolCall | undefined) => {
    if (end > at) pieces.push({ start: at, end, call });
    at = end;
  };
  for (const [index, { call }] of outputs.entries()) {
    add(places[2 * index]!, undefined);
    add(places[2 * index + 1]!, call);
  }
  add(tape.end(value) - 1, undefined);
  return pieces;
}

/** How many of the model's last texts may hold the command. */
const mostTexts = 8;

function linesOf(tape: JsonTape, values: readonly number[]): ReadonlySet<string> {
  return new Set(values.flatMap((value) => (tape.string(value) ?? '').split('\n').map((line) => line.trim())));
}
