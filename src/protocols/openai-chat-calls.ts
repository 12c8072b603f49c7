/** Tool calls of Chat Completions: functions, custom tools, and the single `function_call` of old. Arguments are JSON within a string. */
import type { ToolCall } from '../block.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { parseArguments } from './message-format.ts';
import { addOpaque, type Reading } from './reading.ts';
import { opaqueBlock, parsedCall } from './wire-block.ts';
import { writeUnmarked } from './wire-chain.ts';

/** Keys of `reading.calls`: what has an id, and what only has a name, are two worlds. */
export function idOfCall(id: string | undefined): string {
  return id === undefined ? '' : `id ${id}`;
}

export function idOfFunction(name: string): string {
  return `name ${name}`;
}

/** An element of `tool_calls`; false: not understood. */
export function addCall(reading: Reading, value: number): boolean {
  const { tape } = reading;
  const found = tape.kind(value) === 'object' ? tape.find(value, ['id', 'function', 'custom']) : [];
  if (found === undefined) return false;
  const [id = -1, asFunction = -1, asCustom = -1] = found;
  const holder = asFunction >= 0 ? asFunction : asCustom;
  const call = holder < 0 ? undefined : readCall(reading, holder, asFunction >= 0 ? 'arguments' : 'input');
  if (call === false) return false;
  const callId = tape.string(id);
  if (call && callId !== undefined) reading.calls.set(idOfCall(callId), call);
  pushCall(reading, value, call);
  return true;
}

/** A message's `function_call`; false: not understood. */
export function addFunctionCall(reading: Reading, value: number, isAssistant: boolean): boolean {
  const call = isAssistant ? readCall(reading, value, 'arguments') : undefined;
  if (call === false) return false;
  if (call) reading.calls.set(idOfFunction(call.tool), call);
  pushCall(reading, value, call);
  return true;
}

function pushCall(reading: Reading, value: number, call: ToolCall | undefined): void {
  if (!call) {
    addOpaque(reading, value);
    return;
  }
  const { tape, chain, blocks } = reading;
  writeUnmarked(chain, tape, value);
  blocks.push({ ...opaqueBlock(chain.next(), tape.start(value), tape.end(value)), source: 'call', call });
}

/** False: not understood; undefined: no call. */
function readCall({ tape, isUtf8 }: Reading, holder: number, member: 'arguments' | 'input'): ToolCall | undefined | false {
  if (tape.kind(holder) !== 'object') return undefined;
  const found = tape.find(holder, ['name', member]);
  if (found === undefined) return false;
  const [name = -1, input = -1] = found;
  if (name < 0 || tape.kind(name) !== 'string') return undefined;
  const isReadable = isUtf8(holder);
  return parsedCall(tape, name, () => (isReadable ? readInput(tape, input, member) : undefined));
}

/** A custom tool's input is free text. Some send arguments as an object. */
function readInput(tape: JsonTape, input: number, member: 'arguments' | 'input'): unknown {
  if (input < 0) return undefined;
  const value = tape.parse(input);
  return member === 'input' ? value : parseArguments(value);
}
