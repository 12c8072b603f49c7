/**
 * Which command a result is the output of, where the call itself names none: it goes on reading what an earlier one started, such as
 * Codex's `write_stdin` with a session or Claude Code's `BashOutput` with a shell. The earlier result named the same number.
 */
import type { Block, ToolCall } from '../block.ts';
import { commandOf } from '../text/tool-call.ts';

const sessionFields = ['session_id', 'bash_id', 'shell_id', 'shellId', 'task_id'];
/** How many blocks back a start is looked for, and how much of its result is read, in UTF-16 units. */
const mostBlocks = 400;
const mostRead = 1000;

/** The block at `at` with the call that started its output. */
export function withOrigin(blocks: readonly Block[], at: number): Block {
  const block = blocks[at]!;
  const call = block.source === 'result' ? originOf(blocks, at, block.call) : block.call;
  if (call === block.call) return block;
  const { key, source } = block;
  return {
    key,
    source,
    call,
    get text() {
      return block.text;
    },
  };
}

function originOf(blocks: readonly Block[], at: number, call: ToolCall | undefined): ToolCall | undefined {
  const session = sessionOf(call);
  if (session === undefined || commandOf(call) !== undefined) return call;
  for (let before = at - 1; before >= 0 && before >= at - mostBlocks; before--) {
    const block = blocks[before]!;
    if (block.source !== 'result' || commandOf(block.call) === undefined) continue;
    if (names(block.text, session)) return block.call;
  }
  return call;
}

function sessionOf(call: ToolCall | undefined): string | undefined {
  const input = call?.input;
  if (typeof input !== 'object' || input === null) return undefined;
  const name = sessionFields.find((field) => Object.hasOwn(input, field));
  const value = name === undefined ? undefined : (input as Record<string, unknown>)[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** `Process running with session ID 15748`, `Command running in background with ID: b1`: where agents tell it, at the beginning or the end. */
function names(text: string, session: string): boolean {
  const told = text.length <= 2 * mostRead ? text : `${text.slice(0, mostRead)}\n${text.slice(-mostRead)}`;
  for (const [, id] of told.matchAll(/\b(?:session|shell|task|with|background)[ _-]?ID:? ?([\w-]+)/gi)) if (id === session) return true;
  return false;
}
