/** Reads bodies by one API's grammar: scans, chains and remembers. What a message looks like is the grammar's matter. */
import { messagesKey } from '../block.ts';
import { scanJson } from '../text/json-scan.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { findLifeMarks } from './cache-life.ts';
import { type ChainPlace, ChainWriter } from './chain-writer.ts';
import type { WireConversation } from './protocol.ts';
import { createReading, type Reading } from './reading.ts';
import { createRecentBodies } from './recent-bodies.ts';
import { type ScopeRules, scopeOf } from './wire-scope.ts';

export interface Grammar {
  /** The member that holds the messages; `messages` unless told. */
  readonly list?: string;
  /** Members that may hold the request, list and all, one at most; without one the body is the request. */
  readonly holders?: readonly string[];
  /** How deep values are listed; the body is 0. Deep enough for a marker in the innermost block. */
  readonly deepest: number;
  readonly scope: ScopeRules;
  /** Adds the blocks of one message; false: not understood. */
  readonly readMessage: (reading: Reading, message: number) => boolean;
  /** Whether the model wrote a message. What we do not know counts as the model's: everything before it may have been sent. */
  readonly isModels: (tape: JsonTape, message: number) => boolean;
  /** Adds the blocks of a plain text that stands for the list of messages, where the API takes one. */
  readonly readText?: (reading: Reading, text: number) => void;
  /** Members at the top that may have text of the conversation left out behind our back; each may stand there once. */
  readonly clearing: readonly string[];
  /** Whether they leave it all there; -1: the member is not there. */
  readonly keepsResults: (tape: JsonTape, clearing: readonly number[]) => boolean;
  /** Seconds for which the provider may keep what the body writes; undefined: unknown. `marks`: where it may be asked for, if `hasLifeMarks`. */
  readonly lifeOf: (tape: JsonTape, model: string | undefined, marks: readonly number[]) => number | undefined;
  readonly hasLifeMarks?: true;
}

/** What an earlier reading leaves to one that shares its first messages. */
interface Outcome {
  readonly tape: JsonTape;
  /** The containers in the tape around the messages, the list of them last. */
  readonly within: readonly number[];
  readonly scope: string;
  readonly keys: readonly string[];
  readonly ends: readonly MessageEnd[];
  readonly lifeMarks: readonly number[];
}

interface MessageEnd {
  readonly message: number;
  readonly place: ChainPlace;
  readonly isModels: boolean;
}

/** A reader remembers the last bodies to be quick, and reads as if it did not. */
export function createConversationReader(grammar: Grammar): (body: Buffer, upstream: string) => WireConversation | undefined {
  const recent = createRecentBodies<Outcome>();
  return (body, upstream) => {
    const known = recent.find(body);
    const earlier = known?.reading;
    const shared = known ? known.reading.ends.findLastIndex(({ message }) => known.reading.tape.end(message) <= known.shared) : -1;
    const last = earlier?.ends[shared];
    const tape = scanJson(body, grammar.deepest, earlier && last && { tape: earlier.tape, last: last.message, within: earlier.within });
    if (tape?.kind(0) !== 'object') return undefined;
    const [outer = -1, ...holding] = tape.find(0, ['model', ...(grammar.holders ?? [])]) ?? [-1];
    const holders = holding.filter((member) => member >= 0 && tape.kind(member) === 'object');
    if (holders.length > 1) return undefined;
    const [holder = 0] = holders;
    const [model = -1, list = -1, ...clearing] = tape.find(holder, ['model', grammar.list ?? 'messages', ...grammar.clearing]) ?? [];
    const { readText } = grammar;
    const isText = list >= 0 && readText !== undefined && tape.kind(list) === 'string';
    if (list < 0 || (tape.kind(list) !== 'array' && !isText)) return undefined;

    const allowsRepeats = grammar.keepsResults(tape, clearing);
    const scope = scopeOf(tape, grammar.scope, { upstream, allowsRepeats, around: [0, ...holders] });
    if (scope === undefined) return undefined;
    const chain = new ChainWriter(body, scope, chainStart);
    const reading = createReading(tape, chain);
    const replayed = earlier && last ? earlier.ends.slice(0, shared + 1) : [];
    if (earlier && replayed.length > 0) chain.replay(inScope(earlier, scope));
    const { blocks } = reading;
    const ends: MessageEnd[] = [];
    const standing = { opening: -1, turn: 0 };
    if (isText) readText(reading, list);
    for (const message of tape.children(list)) {
      const before = blocks.length;
      if (!grammar.readMessage(reading, message)) return undefined;
      const isModels = replayed[ends.length]?.isModels ?? grammar.isModels(tape, message);
      if (isModels) goOn(standing, before, ends.at(-1)?.isModels === true);
      const end = replayed[ends.length] ?? { message, place: chain.place, isModels };
      ends.push(end);
      if (ends.length === replayed.length) chain.resume(end.place);
    }
    const lifeMarks = grammar.hasLifeMarks ? findLifeMarks(body, known && { found: known.reading.lifeMarks, shared: known.shared }) : [];
    recent.remember(
      body,
      { tape, within: [0, ...holders, list], scope, keys: blocks.map(({ key }) => key), ends, lifeMarks },
      shared >= 0 && shared >= (earlier?.ends.length ?? 0) - 2 ? earlier : undefined,
    );
    const name = tape.string(outer) ?? tape.string(model);
    const opening = standing.opening < 0 ? blocks.length : standing.opening;
    return { model: name, blocks, allowsRepeats, scope, ...standing, opening, life: grammar.lifeOf(tape, name, lifeMarks) };
  };
}

/** What every chain of messages starts with. */
const chainStart = 'messages';

/** The keys of an earlier reading, under the present scope. */
function inScope({ keys, scope: own }: Outcome, scope: string): readonly string[] {
  return own === scope ? keys : keys.map((key) => scope + messagesKey(key));
}

/** A message of the model's, its first block at `from`; several in a row are one turn. */
function goOn(standing: { opening: number; turn: number }, from: number, isSameTurn: boolean): void {
  if (standing.opening < 0) standing.opening = from;
  if (!isSameTurn) standing.turn = from;
}
