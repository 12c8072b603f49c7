/** What a past conversation looks like to the replay, whichever agent wrote it down: its requests, each with what it added. Holds no file. */
import type { ParsedMessage } from '../protocols/parsed-messages.ts';
import type { BilledTokens } from '../tokens/bill.ts';

export interface TranscriptRequest {
  /** What this request holds beyond the one before it; all of it where the conversation begins or was cut back. */
  readonly messages: readonly ParsedMessage[];
  readonly begins: boolean;
  /** Epoch milliseconds. */
  readonly time: number | undefined;
  readonly model: string | undefined;
  /** As the provider reported it. */
  readonly usage: BilledTokens | undefined;
}

export interface Transcript {
  /** Of the file, for people. */
  readonly name: string;
  readonly agent: string;
  readonly requests: readonly TranscriptRequest[];
}

/** Puts requests together from what stands in a transcript line by line. */
export interface RequestGathering {
  /** What the next request will hold. */
  add(message: ParsedMessage): void;
  /** The model was asked: everything added so far was sent. */
  ask(time: number | undefined, model: string | undefined): void;
  /** The usage of the request asked last. */
  bill(usage: BilledTokens): void;
  /** The conversation goes on from these messages alone. */
  restart(messages: readonly ParsedMessage[]): void;
  end(): TranscriptRequest[];
}

export function gatherRequests(): RequestGathering {
  const requests: TranscriptRequest[] = [];
  let pending: ParsedMessage[] = [];
  let begins = true;
  return {
    add: (message) => void pending.push(message),
    ask: (time, model) => {
      requests.push({ messages: pending, begins, time, model, usage: undefined });
      pending = [];
      begins = false;
    },
    bill: (usage) => {
      const last = requests.pop();
      if (last) requests.push({ ...last, usage });
    },
    restart: (messages) => {
      pending = [...messages];
      begins = true;
    },
    end: () => requests,
  };
}

/** An object's member, where the value is an object that has it. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function textMember(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' ? found : undefined;
}

/** A count of tokens; 0 where there is none. */
export function countMember(value: unknown, name: string): number {
  const found = member(value, name);
  return typeof found === 'number' && Number.isFinite(found) && found > 0 ? found : 0;
}

/** Epoch milliseconds of a time as JSON has it, text or number. */
export function timeMember(value: unknown, name: string): number | undefined {
  const found = member(value, name);
  const time = typeof found === 'number' ? found : typeof found === 'string' ? Date.parse(found) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The JSON of each line that parses. */
export function* parseLines(text: string): Generator<unknown> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
    if (line.trim() === '') continue;
    try {
      yield JSON.parse(line);
    } catch {
      // A line cut short by a crash, or not of the agent's: what is whole counts.
    }
  }
}
