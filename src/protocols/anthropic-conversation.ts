/** Lists the blocks of an Anthropic Messages body with their places and chain keys. It reads spans; texts are decoded when asked for. */
import { isUtf8 } from 'node:buffer';
import type { ToolCall } from '../block.ts';
import { scanJson } from '../text/json-scan.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { aside, writeMembers, writeScope, writeText, writeUnmarked } from './anthropic-chain.ts';
import { type ChainPlace, ChainWriter, marks } from './chain-writer.ts';
import type { WireBlock, WireConversation } from './protocol.ts';
import { createRecentBodies } from './recent-bodies.ts';
import { callOf, opaqueBlock, textBlock } from './wire-block.ts';

/** Deep enough for a marker in a block of a document in a tool result. */
const deepest = 10;
const callTypes = ['tool_use', 'server_tool_use', 'mcp_tool_use'];

interface Reading {
  readonly tape: JsonTape;
  readonly chain: ChainWriter;
  readonly blocks: WireBlock[];
  /** Calls so far by id. */
  readonly calls: Map<string, ToolCall>;
  readonly isUtf8: (value: number) => boolean;
}

/** What an earlier reading leaves to one that shares its first messages. */
interface Outcome {
  readonly tape: JsonTape;
  /** The list of messages in the tape. */
  readonly list: number;
  /** The key before the first block. */
  readonly scopeKey: string;
  readonly keys: readonly string[];
  readonly ends: readonly MessageEnd[];
}

interface MessageEnd {
  readonly message: number;
  readonly place: ChainPlace;
}

/** A reader remembers the last bodies to be quick, and reads as if it did not. */
export function createConversationReader(): (body: Buffer, scope: string) => WireConversation | undefined {
  const recent = createRecentBodies<Outcome>();
  return (body, scope) => {
    const known = recent.find(body);
    const earlier = known?.reading;
    const shared = known ? known.reading.ends.findLastIndex(({ message }) => known.reading.tape.end(message) <= known.shared) : -1;
    const last = earlier?.ends[shared];
    const tape = scanJson(body, deepest, earlier && last && { tape: earlier.tape, last: last.message, within: [0, earlier.list] });
    if (tape?.kind(0) !== 'object') return undefined;
    const [model = -1, list = -1, management = -1] = tape.find(0, ['model', 'messages', 'context_management']) ?? [];
    if (list < 0 || tape.kind(list) !== 'array') return undefined;

    const allUtf8 = isUtf8(body);
    const chain = new ChainWriter(body, scope);
    const reading: Reading = {
      tape,
      chain,
      blocks: [],
      calls: new Map(),
      isUtf8: (value) => allUtf8 || isUtf8(body.subarray(tape.start(value), tape.end(value))),
    };
    const scopeKey = writeScope(chain, tape);
    const replayed = earlier && last && earlier.scopeKey === scopeKey ? earlier.ends.slice(0, shared + 1) : [];
    if (earlier && replayed.length > 0) chain.replay(earlier.keys);
    const ends: MessageEnd[] = [];
    for (const message of tape.children(list)) {
      if (!readMessage(reading, message)) return undefined;
      const end = replayed[ends.length] ?? { message, place: chain.place };
      ends.push(end);
      if (ends.length === replayed.length) chain.resume(end.place);
    }
    const { blocks } = reading;
    recent.remember(
      body,
      { tape, list, scopeKey, keys: blocks.map(({ key }) => key), ends },
      shared >= 0 && shared >= (earlier?.ends.length ?? 0) - 2 ? earlier : undefined,
    );
    return { model: tape.string(model), blocks, allowsRepeats: keepsResults(tape, management) };
  };
}

/** False: not understood. */
function readMessage(reading: Reading, message: number): boolean {
  const { tape, chain } = reading;
  if (tape.kind(message) !== 'object') return false;
  const found = tape.find(message, ['role', 'content']);
  if (found === undefined) return false;
  const [role = -1, content = -1] = found;
  if (role < 0 || tape.kind(role) !== 'string') return false;
  chain.mark(marks.message);
  writeMembers(chain, tape, message, aside.content);
  if (content < 0) addOpaque(reading, message);
  else if (tape.kind(content) === 'string') addText(reading, 'said', content, undefined);
  else if (tape.kind(content) !== 'array') addOpaque(reading, content);
  else {
    const isUser = tape.stringIn(role, ['user']) === 0;
    for (const block of tape.children(content)) if (!readBlock(reading, block, isUser)) return false;
  }
  return true;
}

function readBlock(reading: Reading, block: number, isUser: boolean): boolean {
  const { tape } = reading;
  if (tape.kind(block) !== 'object') {
    addOpaque(reading, block);
    return true;
  }
  const found = tape.find(block, ['type', 'text', 'content', 'tool_use_id', 'id', 'name', 'input']);
  if (found === undefined) return false;
  const [type = -1, text = -1, content = -1, resultOf = -1, id = -1, name = -1, input = -1] = found;
  const kind = type < 0 ? undefined : tape.string(type);
  if (kind === 'text' && text >= 0 && tape.kind(text) === 'string') {
    addTextObject(reading, 'said', block, text, undefined);
  } else if (kind !== undefined && callTypes.includes(kind) && !isUser && name >= 0 && tape.kind(name) === 'string') {
    const call = callOf(tape, name, input, reading.isUtf8(block));
    const callId = tape.string(id);
    if (callId !== undefined) reading.calls.set(callId, call);
    writeUnmarked(reading.chain, reading.tape, block);
    reading.blocks.push({ ...opaqueBlock(reading.chain.next(), tape.start(block), tape.end(block)), source: 'call', call });
  } else if (kind === 'tool_result' && isUser) {
    const callId = tape.string(resultOf);
    return readResult(reading, block, content, callId === undefined ? undefined : reading.calls.get(callId));
  } else addOpaque(reading, block);
  return true;
}

function readResult(reading: Reading, block: number, content: number, call: ToolCall | undefined): boolean {
  const { tape, chain } = reading;
  chain.mark(marks.result);
  writeMembers(chain, tape, block, aside.content);
  if (content >= 0 && tape.kind(content) === 'string') addText(reading, 'result', content, call);
  else if (content >= 0 && tape.kind(content) === 'array') {
    for (const part of tape.children(content)) {
      const found = tape.kind(part) === 'object' ? tape.find(part, ['type', 'text', 'content']) : [];
      if (found === undefined) return false;
      const [type = -1, text = -1] = found;
      if (type >= 0 && tape.stringIn(type, ['text']) === 0 && text >= 0 && tape.kind(text) === 'string')
        addTextObject(reading, 'result', part, text, call);
      else addOpaque(reading, part);
    }
  } else addOpaque(reading, content < 0 ? block : content);
  chain.mark(marks.end);
  return true;
}

/** A text alone: spelled as a string or as an array with one text block, it is the same. */
function addText(reading: Reading, source: 'said' | 'result', text: number, call: ToolCall | undefined): void {
  writeText(reading.chain, reading.tape, text);
  pushText(reading, source, text, call);
}

function addTextObject(reading: Reading, source: 'said' | 'result', object: number, text: number, call: ToolCall | undefined): void {
  writeUnmarked(reading.chain, reading.tape, object);
  pushText(reading, source, text, call);
}

function pushText(reading: Reading, source: 'said' | 'result', text: number, call: ToolCall | undefined): void {
  const key = reading.chain.next();
  const { tape } = reading;
  const block = reading.isUtf8(text) ? textBlock(tape, key, source, text, call) : opaqueBlock(key, tape.start(text), tape.end(text));
  reading.blocks.push(block);
}

function addOpaque(reading: Reading, value: number): void {
  writeUnmarked(reading.chain, reading.tape, value);
  reading.blocks.push(opaqueBlock(reading.chain.next(), reading.tape.start(value), reading.tape.end(value)));
}

/** Edits that clear anything but thinking may take away text that a repeat would point to. */
function keepsResults(tape: JsonTape, management: number): boolean {
  if (management < 0 || tape.kind(management) !== 'object') return true;
  const [edits = -1] = tape.find(management, ['edits']) ?? [];
  if (edits < 0 || tape.kind(edits) !== 'array') return tape.children(management).length === 0;
  return tape.children(edits).every((edit) => {
    const [type = -1] = tape.kind(edit) === 'object' ? (tape.find(edit, ['type']) ?? []) : [];
    return tape.string(type)?.startsWith('clear_thinking') === true;
  });
}
