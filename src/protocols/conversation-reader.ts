/** Reads bodies by one API's grammar: scans, chains and remembers. What a message looks like is the grammar's matter. */
import { scanJson } from '../text/json-scan.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { type ChainPlace, ChainWriter } from './chain-writer.ts';
import type { WireConversation } from './protocol.ts';
import { createReading, type Reading } from './reading.ts';
import { createRecentBodies } from './recent-bodies.ts';
import { type ScopeRules, writeScope } from './wire-chain.ts';

export interface Grammar {
  /** The member that holds the messages; `messages` unless told. */
  readonly list?: string;
  /** How deep values are listed; the body is 0. Deep enough for a marker in the innermost block. */
  readonly deepest: number;
  readonly scope: ScopeRules;
  /** Adds the blocks of one message; false: not understood. */
  readonly readMessage: (reading: Reading, message: number) => boolean;
  /** Adds the blocks of a plain text that stands for the list of messages, where the API takes one. */
  readonly readText?: (reading: Reading, text: number) => void;
  /** Members at the top that may have text of the conversation left out behind our back; each may stand there once. */
  readonly clearing: readonly string[];
  /** Whether they leave it all there; -1: the member is not there. */
  readonly keepsResults: (tape: JsonTape, clearing: readonly number[]) => boolean;
}

/** What an earlier reading leaves to one that shares its first messages. */
interface Outcome {
  readonly tape: JsonTape;
  /** The list of messages in the tape. */
  readonly list: number;
  /** The key before the first block. */
  readonly scopeKey: string;
  readonly keys: readonly string[];
  readonly ends: readonly MessageEnd[];
}

interface MessageEnd {
  readonly message: number;
  readonly place: ChainPlace;
}

/** A reader remembers the last bodies to be quick, and reads as if it did not. */
export function createConversationReader(grammar: Grammar): (body: Buffer, scope: string) => WireConversation | undefined {
  const recent = createRecentBodies<Outcome>();
  return (body, scope) => {
    const known = recent.find(body);
    const earlier = known?.reading;
    const shared = known ? known.reading.ends.findLastIndex(({ message }) => known.reading.tape.end(message) <= known.shared) : -1;
    const last = earlier?.ends[shared];
    const tape = scanJson(body, grammar.deepest, earlier && last && { tape: earlier.tape, last: last.message, within: [0, earlier.list] });
    if (tape?.kind(0) !== 'object') return undefined;
    const [model = -1, list = -1, ...clearing] = tape.find(0, ['model', grammar.list ?? 'messages', ...grammar.clearing]) ?? [];
    const { readText } = grammar;
    const isText = list >= 0 && readText !== undefined && tape.kind(list) === 'string';
    if (list < 0 || (tape.kind(list) !== 'array' && !isText)) return undefined;

    const chain = new ChainWriter(body, scope);
    const reading = createReading(tape, chain);
    const scopeKey = writeScope(chain, tape, grammar.scope);
    const replayed = earlier && last && earlier.scopeKey === scopeKey ? earlier.ends.slice(0, shared + 1) : [];
    if (earlier && replayed.length > 0) chain.replay(earlier.keys);
    const ends: MessageEnd[] = [];
    if (isText) readText(reading, list);
    for (const message of tape.children(list)) {
      if (!grammar.readMessage(reading, message)) return undefined;
      const end = replayed[ends.length] ?? { message, place: chain.place };
      ends.push(end);
      if (ends.length === replayed.length) chain.resume(end.place);
    }
    const { blocks } = reading;
    recent.remember(
      body,
      { tape, list, scopeKey, keys: blocks.map(({ key }) => key), ends },
      shared >= 0 && shared >= (earlier?.ends.length ?? 0) - 2 ? earlier : undefined,
    );
    return { model: tape.string(model), blocks, allowsRepeats: grammar.keepsResults(tape, clearing) };
  };
}
