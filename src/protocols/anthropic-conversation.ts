/** What an Anthropic Messages body looks like. Reading it, whatever the API, is `conversation-reader.ts`. */
import type { ToolCall } from '../block.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { anthropicLife } from './cache-life.ts';
import { marks } from './chain-writer.ts';
import { managementKeepsResults } from './context-management.ts';
import type { Grammar } from './conversation-reader.ts';
import { anthropicCalls } from './part-types.ts';
import { addOpaque, addSaid, addSaidObject, addText, addTextObject, type Reading, type Speaker } from './reading.ts';
import { callOf, opaqueBlock } from './wire-block.ts';
import { aside, writeMembers, writeUnmarked } from './wire-chain.ts';

const speakers = ['user', 'assistant'] as const;
/** Roles that are not the model's. */
const others = ['user', 'system', 'developer'];

export const anthropicGrammar: Grammar = {
  // A marker in a block of a document in a tool result.
  deepest: 10,
  scope: { members: ['model', 'system', 'tools'], blockLists: ['system', 'tools'], isApart },
  readMessage,
  isModels: (tape, message) => {
    const [role = -1] = tape.kind(message) === 'object' ? (tape.find(message, ['role']) ?? []) : [];
    return role < 0 || tape.stringIn(role, others) < 0;
  },
  clearing: ['context_management'],
  keepsResults: (tape, [management = -1]) => managementKeepsResults(tape, management),
  lifeOf: anthropicLife,
  hasLifeMarks: true,
};

/** Claude Code's note on itself, which may change with every request, and tools that wait until the model searches for them. */
function isApart(tape: JsonTape, element: number): boolean {
  if (tape.kind(element) !== 'object') return false;
  const [text = -1, defers = -1] = tape.find(element, ['text', 'defer_loading']) ?? [];
  if (defers >= 0) return true;
  return text >= 0 && tape.bytes.toString('latin1', tape.start(text) + 1, tape.start(text) + 1 + billingNote.length) === billingNote;
}

const billingNote = 'x-anthropic-billing-header';

function readMessage(reading: Reading, message: number): boolean {
  const { tape, chain } = reading;
  if (tape.kind(message) !== 'object') return false;
  const found = tape.find(message, ['role', 'content']);
  if (found === undefined) return false;
  const [role = -1, content = -1] = found;
  if (role < 0 || tape.kind(role) !== 'string') return false;
  const speaker = speakers[tape.stringIn(role, speakers)];
  chain.mark(marks.message);
  writeMembers(chain, tape, message, aside.content);
  if (content < 0) addOpaque(reading, message);
  else if (tape.kind(content) === 'string') addSaid(reading, content, speaker);
  else if (tape.kind(content) !== 'array') addOpaque(reading, content);
  else for (const block of tape.children(content)) if (!readBlock(reading, block, speaker)) return false;
  return true;
}

function readBlock(reading: Reading, block: number, speaker: Speaker): boolean {
  const { tape } = reading;
  const isUser = speaker === 'user';
  if (tape.kind(block) !== 'object') {
    addOpaque(reading, block);
    return true;
  }
  const found = tape.find(block, ['type', 'text', 'content', 'tool_use_id', 'id', 'name', 'input']);
  if (found === undefined) return false;
  const [type = -1, text = -1, content = -1, resultOf = -1, id = -1, name = -1, input = -1] = found;
  const kind = type < 0 ? undefined : tape.string(type);
  if (kind === 'text' && text >= 0 && tape.kind(text) === 'string') {
    addSaidObject(reading, block, text, speaker);
  } else if (kind !== undefined && anthropicCalls.includes(kind) && !isUser && name >= 0 && tape.kind(name) === 'string') {
    const call = callOf(tape, name, input, reading.isUtf8(block));
    const callId = tape.string(id);
    if (callId !== undefined) reading.calls.set(callId, call);
    writeUnmarked(reading.chain, tape, block);
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
