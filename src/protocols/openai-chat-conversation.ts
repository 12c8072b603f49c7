/** What a Chat Completions body looks like. Reading it, whatever the API, is `conversation-reader.ts`. */
import type { ToolCall } from '../block.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { openaiLife } from './cache-life.ts';
import { marks } from './chain-writer.ts';
import { managementKeepsResults } from './context-management.ts';
import type { Grammar } from './conversation-reader.ts';
import { addCall, addFunctionCall, idOfCall, idOfFunction } from './openai-chat-calls.ts';
import { readResultContent, readSaidContent } from './openai-content.ts';
import { addOpaque, type Reading } from './reading.ts';
import { aside, writeKey, writeMembers } from './wire-chain.ts';

const roles = ['user', 'assistant', 'tool', 'function'] as const;
const texts = ['text'];
/** What of a message is written apart, member by member in the order of the body. */
const apart = ['content', 'tool_calls', 'function_call'];

export const chatGrammar: Grammar = {
  // A marker in a part of a message's content, and a call's name.
  deepest: 7,
  scope: { members: ['model', 'tools', 'functions'], blockLists: ['tools', 'functions'] },
  readMessage,
  isModels: (tape, message) => {
    const [role = -1, content = -1] = tape.kind(message) === 'object' ? (tape.find(message, ['role', 'content']) ?? []) : [];
    return role < 0 || (tape.stringIn(role, others) < 0 && !(content >= 0 && tape.stringIn(content, aiderWords) >= 0));
  },
  clearing: ['context_management', 'transforms', 'plugins'],
  keepsResults: (tape, [management = -1, transforms = -1, plugins = -1]) =>
    managementKeepsResults(tape, management) && isEmpty(tape, transforms) && !names(tape, plugins, 'context-compression'),
  lifeOf: openaiLife,
};

/** Roles that are not the model's. */
const others = ['user', 'system', 'developer', 'tool', 'function'];
/** What aider lets the model have said to output that it shows, without asking it. */
const aiderWords = ['Ok.'];

function readMessage(reading: Reading, message: number): boolean {
  const { tape, chain } = reading;
  if (tape.kind(message) !== 'object') return false;
  const found = tape.find(message, ['role', ...apart, 'tool_call_id', 'name']);
  if (found === undefined) return false;
  const [role = -1, , , , callId = -1, name = -1] = found;
  if (role < 0 || tape.kind(role) !== 'string') return false;
  const speaker = roles[tape.stringIn(role, roles)];
  chain.mark(marks.message);
  writeMembers(chain, tape, message, [...aside.marker, ...apart]);
  let isEmpty = true;
  for (const member of tape.children(message)) {
    const which = tape.keyIn(member, apart);
    if (which < 0) continue;
    isEmpty = false;
    if (which > 0) writeKey(chain, tape, member);
    if (which === 1) {
      if (!readCalls(reading, member, speaker === 'assistant')) return false;
    } else if (which === 2) {
      if (!addFunctionCall(reading, member, speaker === 'assistant')) return false;
    } else if (speaker === 'tool') {
      if (!readResultContent(reading, member, texts, reading.calls.get(idOfCall(tape.string(callId))))) return false;
    } else if (speaker === 'function') {
      if (!readResultContent(reading, member, texts, resultOfFunction(reading, tape.string(name)))) return false;
    } else if (!readSaidContent(reading, member, texts, speaker)) return false;
  }
  if (isEmpty) addOpaque(reading, message);
  return true;
}

function readCalls(reading: Reading, list: number, isAssistant: boolean): boolean {
  const { tape, chain } = reading;
  if (!isAssistant || tape.kind(list) !== 'array') {
    addOpaque(reading, list);
    return true;
  }
  chain.mark(marks.array);
  for (const call of tape.children(list)) if (!addCall(reading, call)) return false;
  chain.mark(marks.end);
  return true;
}

/** The old way has no ids: a result names its function, and answers the last call of it. */
function resultOfFunction({ calls }: Reading, name: string | undefined): ToolCall | undefined {
  return name === undefined ? undefined : (calls.get(idOfFunction(name)) ?? { tool: name, input: undefined });
}

/** OpenRouter's transforms leave out messages of the middle. */
function isEmpty(tape: JsonTape, list: number): boolean {
  return list < 0 || tape.kind(list) === 'null' || (tape.kind(list) === 'array' && tape.children(list).length === 0);
}

function names(tape: JsonTape, plugins: number, id: string): boolean {
  if (plugins < 0 || tape.kind(plugins) !== 'array') return false;
  return tape.children(plugins).some((plugin) => {
    const [own = -1] = tape.kind(plugin) === 'object' ? (tape.find(plugin, ['id']) ?? [plugin]) : [];
    return own === plugin || tape.string(own) === id;
  });
}
