/** Lists the blocks of an Anthropic Messages body with their places and chain keys. It reads spans; texts are decoded when asked for. */
import { isUtf8 } from 'node:buffer';
import type { ToolCall } from '../block.ts';
import { scanJson } from '../text/json-scan.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { ChainWriter, marks } from './chain-writer.ts';
import type { WireBlock, WireConversation } from './protocol.ts';
import { callOf, opaqueBlock, textBlock } from './wire-block.ts';

/** Deep enough for a marker in a block of a document in a tool result. */
const deepest = 10;
/** Top-level members that are no part of what the provider caches: they come and go, or change with every request. */
const passing = [
  ...['messages', 'metadata', 'max_tokens', 'stream', 'temperature', 'top_p', 'top_k', 'stop_sequences', 'service_tier'],
  ...['cache_control', 'diagnostics', 'safeguards'],
];
const callTypes = ['tool_use', 'server_tool_use', 'mcp_tool_use'];

interface Reading {
  readonly tape: JsonTape;
  readonly chain: ChainWriter;
  readonly blocks: WireBlock[];
  /** Calls so far by id. */
  readonly calls: Map<string, ToolCall>;
  readonly isUtf8: (value: number) => boolean;
}

export function readConversation(body: Buffer, scope: string): WireConversation | undefined {
  const tape = scanJson(body, deepest);
  if (tape?.kind(0) !== 'object') return undefined;
  const [model = -1, messages = -1, management = -1] = tape.find(0, ['model', 'messages', 'context_management']) ?? [];
  if (messages < 0 || tape.kind(messages) !== 'array') return undefined;

  const allUtf8 = isUtf8(body);
  const reading: Reading = {
    tape,
    chain: new ChainWriter(body, scope),
    blocks: [],
    calls: new Map(),
    isUtf8: (value) => allUtf8 || isUtf8(body.subarray(tape.start(value), tape.end(value))),
  };
  writeScope(reading);
  for (const message of tape.children(messages)) if (!readMessage(reading, message)) return undefined;
  return { model: tape.string(model), blocks: reading.blocks, allowsRepeats: keepsResults(tape, management) };
}

function writeScope(reading: Reading): void {
  const { tape, chain } = reading;
  for (const member of tape.children(0)) {
    if (tape.keyIn(member, passing) >= 0) continue;
    writeKey(reading, member);
    const isSystem = tape.keyIn(member, ['system']) === 0;
    if (isSystem && tape.kind(member) === 'string') {
      chain.mark(marks.array);
      writeText(reading, member);
      chain.mark(marks.end);
    } else if (isSystem || tape.keyIn(member, ['tools']) === 0) writeUnmarked(reading, member);
    else chain.copy(tape.start(member), tape.end(member));
  }
  chain.next();
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
  writeMembers(reading, message, ['content', 'cache_control']);
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
    writeUnmarked(reading, block);
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
  writeMembers(reading, block, ['content', 'cache_control']);
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
  writeText(reading, text);
  pushText(reading, source, text, call);
}

function addTextObject(reading: Reading, source: 'said' | 'result', object: number, text: number, call: ToolCall | undefined): void {
  writeUnmarked(reading, object);
  pushText(reading, source, text, call);
}

function pushText(reading: Reading, source: 'said' | 'result', text: number, call: ToolCall | undefined): void {
  const key = reading.chain.next();
  const { tape } = reading;
  const block = reading.isUtf8(text) ? textBlock(tape, key, source, text, call) : opaqueBlock(key, tape.start(text), tape.end(text));
  reading.blocks.push(block);
}

function addOpaque(reading: Reading, value: number): void {
  writeUnmarked(reading, value);
  reading.blocks.push(opaqueBlock(reading.chain.next(), reading.tape.start(value), reading.tape.end(value)));
}

/** A value without the cache markers on it and on the blocks inside it. White space between members is no part of it. */
function writeUnmarked(reading: Reading, value: number): void {
  const { tape, chain } = reading;
  const kind = tape.kind(value);
  if (kind === 'object') {
    const text = loneText(tape, value);
    if (text >= 0) {
      writeText(reading, text);
      return;
    }
    chain.mark(marks.object);
    writeMembers(reading, value, ['cache_control']);
    chain.mark(marks.end);
  } else if (kind === 'array') {
    chain.mark(marks.array);
    for (const element of tape.children(value)) writeUnmarked(reading, element);
    chain.mark(marks.end);
  } else {
    chain.mark(marks.value);
    chain.copy(tape.start(value), tape.end(value));
  }
}

function writeText({ tape, chain }: Reading, text: number): void {
  chain.mark(marks.text);
  chain.copy(tape.start(text), tape.end(text));
}

/** The text of a block that is nothing but a text, marked or not; else -1. */
function loneText(tape: JsonTape, object: number): number {
  const [type = -1, text = -1] = tape.find(object, ['type', 'text']) ?? [];
  if (type < 0 || text < 0 || tape.stringIn(type, ['text']) < 0 || tape.kind(text) !== 'string') return -1;
  for (const member of tape.children(object))
    if (member !== type && member !== text && tape.keyIn(member, ['cache_control']) < 0) return -1;
  return text;
}

/** Markers stand on blocks, and blocks in `content` and `source`; in a tool's input or schema the same word is data. */
function writeMembers(reading: Reading, object: number, without: readonly string[]): void {
  const { tape, chain } = reading;
  for (const member of tape.children(object)) {
    if (tape.keyIn(member, without) >= 0) continue;
    writeKey(reading, member);
    if (tape.keyIn(member, ['content', 'source']) >= 0) writeUnmarked(reading, member);
    else chain.copy(tape.start(member), tape.end(member));
  }
}

function writeKey({ tape, chain }: Reading, member: number): void {
  chain.mark(marks.key);
  chain.copy(tape.keyStart(member), tape.keyEnd(member));
  chain.mark(marks.value);
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
