/**
 * What Cursor tells a hook about an MCP call, and what may be said in reply: `tool_output` is the call's result as JSON in a string,
 * `tool_input` an object or JSON in a string. Pure functions over outside data: anything unknown stays as it is.
 */
import type { ToolOutput } from './tool-output.ts';

/** The result of an MCP call whose every part is text. */
interface TextResult {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly isError?: false;
}

export interface McpOutput extends ToolOutput {
  /** Absent where it is left. */
  readonly result?: TextResult;
}

/** Undefined for what is no `postToolUse` of an MCP tool: there is nothing to say to that. */
export function readMcpOutput(payload: unknown): McpOutput | undefined {
  if (!isObject(payload) || payload.hook_event_name !== 'postToolUse') return undefined;
  const { tool_name: name, tool_input: input, tool_output: given } = payload;
  if (typeof name !== 'string' || !name.startsWith('MCP:') || given === undefined || given === null) return undefined;
  const told = {
    tool: name.slice('MCP:'.length),
    input: typeof input === 'string' ? (parse(input) ?? input) : (input ?? null),
    bytes: Buffer.byteLength(typeof given === 'string' ? given : JSON.stringify(given)),
  };
  const result = typeof given === 'string' ? parse(given) : given;
  const left = reasonToLeave(result);
  if (left !== undefined) return { ...told, texts: [], left };
  const known = result as TextResult;
  return { ...told, texts: known.content.map(({ text }) => text), result: known };
}

/** The texts of a reply of ours; undefined where it is no such reply, or where nothing changes. */
export function readTexts(reply: string, { texts }: McpOutput): readonly (string | null)[] | undefined {
  const value = parse(reply);
  if (!isObject(value) || !Array.isArray(value.texts) || value.texts.length !== texts.length) return undefined;
  const answered = value.texts as readonly unknown[];
  const isValid = answered.every(
    (text, at) => text === null || (typeof text === 'string' && text !== '' && text.length < texts[at]!.length),
  );
  return isValid && answered.some((text) => text !== null) ? (answered as readonly (string | null)[]) : undefined;
}

export function replaceTexts({ result }: McpOutput, texts: readonly (string | null)[]): TextResult | undefined {
  return result && { ...result, content: result.content.map((part, at) => ({ ...part, text: texts[at] ?? part.text })) };
}

/** Only the one shape of which it is known that Cursor takes it back: what it would drop must not be counted as removed. */
function reasonToLeave(result: unknown): string | undefined {
  if (!isObject(result) || !Array.isArray(result.content)) return 'unknown shape';
  if (result.isError !== undefined && result.isError !== false) return 'error of the tool';
  if (Object.keys(result).some((name) => name !== 'content' && name !== 'isError')) return 'structured result';
  const parts = result.content as readonly unknown[];
  const isText = (part: unknown) =>
    isObject(part) && part.type === 'text' && typeof part.text === 'string' && Object.keys(part).length === 2;
  return parts.length > 0 && parts.every(isText) ? undefined : 'not text alone';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
