/** One body while it is being read: what the grammars of all APIs add blocks with. A block's chain key covers what was written before it. */
import { isUtf8 } from 'node:buffer';
import type { ToolCall } from '../block.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { type ChainWriter, marks } from './chain-writer.ts';
import type { WireBlock } from './protocol.ts';
import { cutUserText } from './user-pieces.ts';
import { opaqueBlock, pieceBlock, textBlock } from './wire-block.ts';
import { isLoneText, writeText, writeUnmarked } from './wire-chain.ts';

export interface Reading {
  readonly tape: JsonTape;
  readonly chain: ChainWriter;
  readonly blocks: WireBlock[];
  /** Calls so far by id. */
  readonly calls: Map<string, ToolCall>;
  /** Texts that the model said so far. */
  readonly answers: number[];
  readonly isUtf8: (value: number) => boolean;
}

/** Whose message it is; undefined: system, developer, or one that we do not know. */
export type Speaker = 'user' | 'assistant' | undefined;

export function createReading(tape: JsonTape, chain: ChainWriter): Reading {
  const body = tape.bytes;
  const allUtf8 = isUtf8(body);
  return {
    tape,
    chain,
    blocks: [],
    calls: new Map(),
    answers: [],
    isUtf8: (value) => allUtf8 || isUtf8(body.subarray(tape.start(value), tape.end(value))),
  };
}

/** A text alone: spelled as a string or as an array with one text block, it is the same. */
export function addText(reading: Reading, source: 'said' | 'result', text: number, call: ToolCall | undefined): void {
  writeText(reading.chain, reading.tape, text);
  pushText(reading, source, text, call);
}

/** A block with a text in it. */
export function addTextObject(reading: Reading, source: 'said' | 'result', object: number, text: number, call: ToolCall | undefined): void {
  writeUnmarked(reading.chain, reading.tape, object);
  pushText(reading, source, text, call);
}

/** A text of a message, alone. Where a user's agent wrote the output of a command into it, that part is a result of its own. */
export function addSaid(reading: Reading, text: number, speaker: Speaker): void {
  const { tape, chain, blocks } = reading;
  noteAnswer(reading, text, speaker);
  const pieces = speaker === 'user' && reading.isUtf8(text) ? cutUserText(tape, text, reading.answers) : [];
  if (pieces.length === 0) addText(reading, 'said', text, undefined);
  else chain.mark(marks.text);
  for (const [at, piece] of pieces.entries()) {
    // The quotes belong to the first and the last piece, so that all together cover the text as it is spelled.
    chain.copy(at === 0 ? tape.start(text) : piece.start, at === pieces.length - 1 ? tape.end(text) : piece.end);
    blocks.push(pieceBlock(tape, chain.next(), piece));
  }
}

/** A text of a message, in a block. */
export function addSaidObject(reading: Reading, object: number, text: number, speaker: Speaker): void {
  if (isLoneText(reading.tape, object)) addSaid(reading, text, speaker);
  else {
    noteAnswer(reading, text, speaker);
    addTextObject(reading, 'said', object, text, undefined);
  }
}

/** What the model said may ask for commands that the user lets run. */
function noteAnswer({ answers, isUtf8 }: Reading, text: number, speaker: Speaker): void {
  if (speaker === 'assistant' && isUtf8(text)) answers.push(text);
}

export function addOpaque(reading: Reading, value: number): void {
  writeUnmarked(reading.chain, reading.tape, value);
  reading.blocks.push(opaqueBlock(reading.chain.next(), reading.tape.start(value), reading.tape.end(value)));
}

function pushText(reading: Reading, source: 'said' | 'result', text: number, call: ToolCall | undefined): void {
  const key = reading.chain.next();
  const { tape } = reading;
  const block = reading.isUtf8(text) ? textBlock(tape, key, source, text, call) : opaqueBlock(key, tape.start(text), tape.end(text));
  reading.blocks.push(block);
}
