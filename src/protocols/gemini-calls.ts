/** Which call a response answers: the one with its id, or, where there are none, the first of its name that nothing has answered. */
import type { ToolCall } from '../block.ts';
import type { Reading } from './reading.ts';

/** Beside ids in one map; no id begins so. */
const unnamed = '\0';

export function noteCall({ calls }: Reading, id: string | undefined, call: ToolCall): void {
  if (id !== undefined) return void calls.set(id, call);
  let number = 0;
  while (calls.has(keyOf(call.tool, number))) number++;
  calls.set(keyOf(call.tool, number), call);
}

/** A response without a call still says which function it is of. */
export function takeCall({ calls }: Reading, id: string | undefined, name: string | undefined): ToolCall | undefined {
  const unknown = name === undefined ? undefined : { tool: name, input: undefined };
  if (id !== undefined && calls.has(id)) return calls.get(id);
  if (name === undefined) return unknown;
  const key = [...calls.keys()].find((each) => each.startsWith(`${unnamed}${name}${unnamed}`));
  const call = key === undefined ? undefined : calls.get(key);
  if (key !== undefined) calls.delete(key);
  return call ?? unknown;
}

function keyOf(name: string, number: number): string {
  return `${unnamed}${name}${unnamed}${number}`;
}
