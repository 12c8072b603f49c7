/** What a Gemini body looks like. Reading it, whatever the API, is `conversation-reader.ts`. */
import type { JsonTape } from '../text/json-tape.ts';
import { marks } from './chain-writer.ts';
import type { Grammar } from './conversation-reader.ts';
import { noteCall, takeCall } from './gemini-calls.ts';
import { addOpaque, addSaid, addText, addTextObject, type Reading, type Speaker } from './reading.ts';
import { callOf, opaqueBlock } from './wire-block.ts';
import { writeKey, writeMembers, writeUnmarked } from './wire-chain.ts';

/** Both spellings that the API takes. */
const responses = ['functionResponse', 'function_response'];
const calls = ['functionCall', 'function_call'];
/** Roles that are not the model's; a message without one is the user's. */
const others = ['user', 'function', 'system', 'tool'];

export const geminiGrammar: Grammar = {
  list: 'contents',
  // Code Assist's whole request, and that of which tokens are to be counted.
  holders: ['request', 'generateContentRequest', 'generate_content_request'],
  // The text of an item of a response's content, in a request that is held.
  deepest: 10,
  scope: {
    members: [
      ...['model', 'systemInstruction', 'system_instruction', 'tools', 'toolConfig', 'tool_config', 'cachedContent', 'cached_content'],
    ],
    blockLists: [],
  },
  readMessage,
  isModels,
  clearing: [],
  keepsResults: () => true,
  // Implicit caches are kept as long as Google likes, explicit ones as long as they were made for.
  lifeOf: () => undefined,
};

function isModels(tape: JsonTape, message: number): boolean {
  const [role = -1] = tape.kind(message) === 'object' ? (tape.find(message, ['role']) ?? [message]) : [message];
  return role >= 0 && tape.stringIn(role, others) < 0;
}

function readMessage(reading: Reading, message: number): boolean {
  const { tape, chain } = reading;
  if (tape.kind(message) !== 'object') return false;
  const found = tape.find(message, ['role', 'parts']);
  if (found === undefined) return false;
  const [role = -1, parts = -1] = found;
  chain.mark(marks.message);
  writeMembers(chain, tape, message, ['parts']);
  const speaker = role < 0 ? 'user' : ([undefined, 'user', 'assistant'] as const)[tape.stringIn(role, ['user', 'model']) + 1];
  if (parts < 0 || tape.kind(parts) !== 'array') addOpaque(reading, parts < 0 ? message : parts);
  else for (const part of tape.children(parts)) if (!readPart(reading, part, speaker)) return false;
  return true;
}

/** False: not understood. */
function readPart(reading: Reading, part: number, speaker: Speaker): boolean {
  const { tape } = reading;
  const found = tape.kind(part) === 'object' ? tape.find(part, ['text', 'thought', ...calls, ...responses]) : [];
  if (found === undefined) return false;
  const [text = -1, thought = -1, ...held] = found;
  const [call = -1, snakeCall = -1, response = -1, snakeResponse = -1] = held;
  const inCall = Math.max(call, snakeCall);
  const inResponse = Math.max(response, snakeResponse);
  const isOne = [text, ...held].filter((member) => member >= 0).length === 1;
  if (isOne && inResponse >= 0 && speaker !== 'assistant' && tape.kind(inResponse) === 'object')
    return readResponse(reading, part, inResponse);
  if (isOne && inCall >= 0 && speaker === 'assistant' && tape.kind(inCall) === 'object') return readCall(reading, part, inCall);
  if (!isOne || text < 0 || tape.kind(text) !== 'string' || (thought >= 0 && tape.kind(thought) !== 'null')) addOpaque(reading, part);
  else if (tape.children(part).length === 1) addSaid(reading, text, speaker);
  else addTextObject(reading, 'said', part, text, undefined);
  return true;
}

function readCall(reading: Reading, part: number, call: number): boolean {
  const { tape, chain } = reading;
  const found = tape.find(call, ['id', 'name', 'args']);
  if (found === undefined) return false;
  const [id = -1, name = -1, args = -1] = found;
  if (name < 0 || tape.kind(name) !== 'string') {
    addOpaque(reading, part);
    return true;
  }
  const made = callOf(tape, name, args, reading.isUtf8(part));
  noteCall(reading, tape.string(id), made);
  writeUnmarked(chain, tape, part);
  reading.blocks.push({ ...opaqueBlock(chain.next(), tape.start(part), tape.end(part)), source: 'call', call: made });
  return true;
}

/** What a tool returned is an object of the tool's own; its texts stand in it as they are, or as the items that MCP has. */
function readResponse(reading: Reading, part: number, response: number): boolean {
  const { tape, chain } = reading;
  const found = tape.find(response, ['id', 'name', 'response']);
  if (found === undefined) return false;
  const [id = -1, name = -1, returned = -1] = found;
  chain.mark(marks.result);
  writeMembers(chain, tape, part, responses);
  writeMembers(chain, tape, response, ['response']);
  const call = takeCall(reading, tape.string(id), tape.string(name));
  if (returned < 0 || tape.kind(returned) !== 'object') addOpaque(reading, returned < 0 ? part : returned);
  else {
    const members = tape.children(returned);
    const names = members.map((member) => JSON.parse(tape.bytes.toString('utf8', tape.keyStart(member), tape.keyEnd(member))) as string);
    if (new Set(names).size < names.length) return false;
    if (members.length === 0) addOpaque(reading, returned);
    for (const [at, member] of members.entries()) {
      writeKey(chain, tape, member);
      if (tape.kind(member) === 'string') addText(reading, 'result', member, call);
      else if (names[at] !== 'content' || tape.kind(member) !== 'array') addOpaque(reading, member);
      else for (const item of tape.children(member)) if (!readItem(reading, item, call)) return false;
    }
  }
  chain.mark(marks.end);
  return true;
}

function readItem(reading: Reading, item: number, call: ReturnType<typeof takeCall>): boolean {
  const { tape } = reading;
  const found = tape.kind(item) === 'object' ? tape.find(item, ['type', 'text']) : [];
  if (found === undefined) return false;
  const [type = -1, text = -1] = found;
  if (type >= 0 && tape.stringIn(type, ['text']) === 0 && text >= 0 && tape.kind(text) === 'string')
    addTextObject(reading, 'result', item, text, call);
  else addOpaque(reading, item);
  return true;
}
