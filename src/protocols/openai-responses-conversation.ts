/** What a Responses body looks like. Reading it, whatever the API, is `conversation-reader.ts`. */
import type { ToolCall } from '../block.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { openaiLife } from './cache-life.ts';
import { marks } from './chain-writer.ts';
import type { Grammar } from './conversation-reader.ts';
import { parseArguments } from './message-format.ts';
import { readResultContent, readSaidContent } from './openai-content.ts';
import { responsesOutputs, responsesTexts } from './part-types.ts';
import { addOpaque, addSaid, type Reading } from './reading.ts';
import { opaqueBlock, parsedCall } from './wire-block.ts';
import { aside, writeMembers, writeUnmarked } from './wire-chain.ts';

const speakers = ['user', 'assistant'] as const;
const calls = ['function_call', 'custom_tool_call', 'local_shell_call'];
const outputAside = [...aside.marker, 'output'];

export const responsesGrammar: Grammar = {
  list: 'input',
  // A part of an item's output, and the words of a command.
  deepest: 7,
  scope: { members: ['model', 'instructions', 'tools'], blockLists: [] },
  readMessage: readItem,
  isModels,
  readText: (reading, text) => addSaid(reading, text, 'user'),
  // The provider may leave out, or sum up, what stands in the middle.
  clearing: ['truncation', 'context_management'],
  keepsResults: (tape, [truncation = -1, management = -1]) =>
    (truncation < 0 || tape.kind(truncation) === 'null' || tape.stringIn(truncation, ['disabled']) === 0) && isEmpty(tape, management),
  lifeOf: openaiLife,
};

/** Roles that are not the model's. */
const others = ['user', 'system', 'developer'];

function isModels(tape: JsonTape, item: number): boolean {
  const [type = -1, role = -1] = tape.kind(item) === 'object' ? (tape.find(item, ['type', 'role']) ?? []) : [];
  if (role >= 0) return tape.stringIn(role, others) < 0;
  return !/_(output|response)$/.test(tape.string(type) ?? '');
}

/** False: not understood. */
function readItem(reading: Reading, item: number): boolean {
  const { tape, chain } = reading;
  chain.mark(marks.message);
  if (tape.kind(item) !== 'object') return false;
  const found = tape.find(item, ['type', 'role', 'content', 'output', 'call_id', 'name', 'arguments', 'input', 'action']);
  if (found === undefined) return false;
  const [type = -1, role = -1, content = -1, output = -1, callId = -1, name = -1, json = -1, input = -1, action = -1] = found;
  const id = tape.string(callId);
  if (type >= 0 && tape.stringIn(type, responsesOutputs) >= 0 && output >= 0) {
    chain.mark(marks.result);
    writeMembers(chain, tape, item, outputAside);
    const isRead = readResultContent(reading, output, responsesTexts, id === undefined ? undefined : reading.calls.get(id));
    chain.mark(marks.end);
    return isRead;
  }
  const kind = type < 0 ? -1 : tape.stringIn(type, calls);
  const call = kind < 0 ? undefined : readCall(reading, item, [json, input, action][kind] ?? -1, kind === 2 ? type : name, kind);
  if (call) {
    if (id !== undefined) reading.calls.set(id, call);
    writeUnmarked(chain, tape, item);
    reading.blocks.push({ ...opaqueBlock(chain.next(), tape.start(item), tape.end(item)), source: 'call', call });
    return true;
  }
  const isMessage = role >= 0 && content >= 0 && (type < 0 || tape.stringIn(type, ['message']) === 0);
  if (!isMessage) {
    addOpaque(reading, item);
    return true;
  }
  writeMembers(chain, tape, item, aside.content);
  return readSaidContent(reading, content, responsesTexts, speakers[tape.stringIn(role, speakers)]);
}

/** Arguments are JSON within a string; the input of a custom tool is free text; a shell's action is JSON as it stands. */
function readCall({ tape, isUtf8 }: Reading, item: number, input: number, name: number, kind: number): ToolCall | undefined {
  if (name < 0 || tape.kind(name) !== 'string') return undefined;
  const isReadable = isUtf8(item);
  return parsedCall(tape, name, () => {
    if (input < 0 || !isReadable) return undefined;
    const value = tape.parse(input);
    return kind === 0 ? parseArguments(value) : value;
  });
}

function isEmpty(tape: JsonTape, value: number): boolean {
  return value < 0 || tape.kind(value) === 'null' || (tape.kind(value) !== 'string' && tape.children(value).length === 0);
}
