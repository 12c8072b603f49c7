/** What of a body enters the chain keys: everything but cache markers and how a lone text is spelled. */
import type { JsonTape } from '../text/json-tape.ts';
import { type ChainWriter, marks } from './chain-writer.ts';

/** Members to leave out: of a block, and of what holds `content` that is written apart. */
export const aside = { marker: ['cache_control'], content: ['cache_control', 'content'] } as const;

/** Members of a block that hold blocks. */
const inner = ['content', 'source'];
const ofLoneText = ['type', 'text', 'cache_control'];

/** A block, or blocks, without markers. White space between members is no part of it. */
export function writeUnmarked(chain: ChainWriter, tape: JsonTape, value: number): void {
  if (chain.isReplaying) return;
  const kind = tape.kind(value);
  if (kind === 'object') {
    const text = loneText(tape, value);
    if (text >= 0) writeText(chain, tape, text);
    else {
      chain.mark(marks.object);
      writeMembers(chain, tape, value, aside.marker);
      chain.mark(marks.end);
    }
  } else if (kind === 'array') {
    chain.mark(marks.array);
    for (const element of tape.children(value)) writeUnmarked(chain, tape, element);
    chain.mark(marks.end);
  } else {
    chain.mark(marks.value);
    chain.copy(tape.start(value), tape.end(value));
  }
}

/** A text alone: as a string, or as a block that is nothing but a text. */
export function writeText(chain: ChainWriter, tape: JsonTape, text: number): void {
  chain.mark(marks.text);
  chain.copy(tape.start(text), tape.end(text));
}

/** Markers stand on blocks; in a tool's input or schema the same word is data. */
export function writeMembers(chain: ChainWriter, tape: JsonTape, object: number, without: readonly string[]): void {
  if (chain.isReplaying) return;
  for (const member of tape.children(object)) {
    if (tape.keyIn(member, without) >= 0) continue;
    writeKey(chain, tape, member);
    if (tape.keyIn(member, inner) >= 0) writeUnmarked(chain, tape, member);
    else chain.copy(tape.start(member), tape.end(member));
  }
}

/** A member's name, for a value that follows. */
export function writeKey(chain: ChainWriter, tape: JsonTape, member: number): void {
  chain.mark(marks.key);
  chain.copy(tape.keyStart(member), tape.keyEnd(member));
  chain.mark(marks.value);
}

/** Whether an object is a block that is nothing but a text, marked or not. */
export function isLoneText(tape: JsonTape, object: number): boolean {
  return loneText(tape, object) >= 0;
}

/** The text of a block that is nothing but a text, marked or not; else -1. */
function loneText(tape: JsonTape, object: number): number {
  let type = -1;
  let text = -1;
  for (const member of tape.children(object)) {
    const name = tape.keyIn(member, ofLoneText);
    if (name < 0 || (name === 0 && type >= 0) || (name === 1 && text >= 0)) return -1;
    if (name === 0) type = member;
    else if (name === 1) text = member;
  }
  return type >= 0 && tape.stringIn(type, ['text']) === 0 && text >= 0 && tape.kind(text) === 'string' ? text : -1;
}
