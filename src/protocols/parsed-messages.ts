/**
 * The blocks of messages that are already parsed, as Anthropic, OpenAI (Chat, Responses), the Vercel AI SDK or Gemini spell them: the same
 * pipeline without a wire, for replays, benches and the library. Read part by part, so one list may mix spellings; what none of them knows is opaque.
 */
import { type Block, chain, scopeLength, type ToolCall } from '../block.ts';
import { type FoundCall, type FoundResult, isRecord, type MessageFormat, type Place } from './message-format.ts';
import { messageFormats } from './message-formats.ts';
import { cutSaid } from './said-pieces.ts';

export interface ParsedMessage {
  readonly role: string;
  readonly content: unknown;
}

/** A result says where in its message another text would stand; places in one text are to be filled from its end. */
export interface ParsedBlock extends Block {
  readonly place?: Place;
}

/** Lists blocks message by message, so that a growing conversation is read by its new messages alone. */
export interface MessageReader {
  /** The blocks of the next message. Never throws, whatever it is given. */
  next(message: unknown): ParsedBlock[];
}

export function createMessageReader(scope: string, formats: readonly MessageFormat[] = messageFormats): MessageReader {
  const calls = new Map<string, ToolCall>();
  /** Calls without an id that nothing has answered. */
  const unanswered: ToolCall[] = [];
  /** What the model said so far. */
  const answers: string[] = [];
  const before = chain('', scope).slice(0, scopeLength);
  let key = chain('', 'parsed');
  const add = (source: Block['source'], text: string, call: ToolCall | undefined, covers: string): ParsedBlock => {
    key = chain(key, covers);
    return { key: before + key, source, text, call };
  };
  const opaque = (value: unknown): ParsedBlock => add('opaque', '', undefined, spell(value) ?? 'unspellable');
  const makeCall = ({ id, call, covers }: FoundCall): ParsedBlock => {
    const spelled = spell(covers);
    if (spelled === undefined) return opaque(covers);
    if (id !== undefined) calls.set(id, call);
    else unanswered.push(call);
    return add('call', '', call, `call ${id} ${spelled}`);
  };
  const takeUnanswered = (tool: string | undefined): ToolCall | undefined => {
    const at = unanswered.findIndex((call) => call.tool === tool);
    return at < 0 ? undefined : unanswered.splice(at, 1)[0];
  };
  const makeResults = ({ of, tool, texts, answersInOrder }: FoundResult): ParsedBlock[] => {
    const known = of === undefined ? undefined : calls.get(of);
    const call =
      known ?? (answersInOrder ? takeUnanswered(tool) : undefined) ?? (tool === undefined ? undefined : { tool, input: undefined });
    return texts.map(({ text, place }) => ({ ...add('result', text, call, `result ${of} ${text}`), place }));
  };
  const make = (found: FoundResult | FoundCall): ParsedBlock[] => ('texts' in found ? makeResults(found) : [makeCall(found)]);
  const makeSaid = (text: string, path: Place['path'], role: unknown, isLone: boolean): ParsedBlock[] => {
    if (role === 'assistant' || role === 'model') answers.push(text);
    const pieces = role === 'user' && isLone ? cutSaid(text, answers) : [{ from: 0, to: text.length, call: undefined }];
    return pieces.map(({ from, to, call }) => {
      const piece = text.slice(from, to);
      if (!call) return add('said', piece, undefined, `${nameOf(role)} text ${piece}`);
      const put = (smaller: string, before: unknown) => `${String(before).slice(0, from)}${smaller}${String(before).slice(to)}`;
      return { ...add('result', piece, call, `output ${piece}`), place: { path, put } };
    });
  };
  const readPart = (message: Record<string, unknown>, part: unknown, path: Place['path']): ParsedBlock[] => {
    if (!isRecord(part)) return [opaque(part)];
    for (const { readPart } of formats) {
      const found = readPart?.(part, path, message);
      if (found) return make(found);
    }
    if (!isSaid(part) || typeof part.text !== 'string') return [opaque(part)];
    const isLone = Object.keys(part).every((member) => ofLoneText.includes(member)) && (part.type ?? 'text') === 'text';
    return makeSaid(part.text, [...path, 'text'], message.role, isLone);
  };
  const readMember = (message: Record<string, unknown>, member: string): ParsedBlock[] => {
    const value = message[member];
    if (member === 'parts' && Array.isArray(value)) return value.flatMap((part, at) => readPart(message, part, ['parts', at]));
    if (member !== 'content') return formats.flatMap(({ readCalls }) => readCalls?.(member, value).map(makeCall) ?? []);
    if (Array.isArray(value)) return value.flatMap((part, at) => readPart(message, part, ['content', at]));
    if (typeof value !== 'string') return [];
    for (const { readText } of formats) {
      const found = readText?.(value, message);
      if (found) return makeResults(found);
    }
    return makeSaid(value, ['content'], message.role, true);
  };
  const readMessage = (message: Record<string, unknown>): ParsedBlock[] => {
    for (const { readItem } of formats) {
      const found = readItem?.(message);
      if (found) return make(found);
    }
    // In the order of the members: on the wire they are read so.
    return Object.keys(message).flatMap((member) => readMember(message, member));
  };
  return {
    next: (message) => {
      try {
        return isRecord(message) ? readMessage(message) : [opaque(message)];
      } catch {
        // A getter that throws and the like.
        return [opaque(undefined)];
      }
    },
  };
}

/** Gemini's parts have no type, and tell the model's thoughts by a member. */
function isSaid({ type, text, thought, ...others }: Record<string, unknown>): boolean {
  if (type !== undefined) return saidTypes.includes(type);
  return typeof text === 'string' && (thought ?? undefined) === undefined && !dataMembers.some((member) => others[member] !== undefined);
}

const saidTypes: readonly unknown[] = ['text', 'input_text', 'output_text'];
const dataMembers = ['functionCall', 'functionResponse'];
const ofLoneText = ['type', 'text', 'cache_control'];

/** The cache mark moves from request to request. Undefined for what JSON cannot hold, such as circles. */
function spell(value: unknown): string | undefined {
  try {
    return JSON.stringify(isRecord(value) ? { ...value, cache_control: undefined } : value);
  } catch {
    return undefined;
  }
}

function nameOf(role: unknown): string {
  return typeof role === 'string' ? role : '';
}
