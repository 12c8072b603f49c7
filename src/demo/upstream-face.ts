/** What one API's face of the scripted upstream is: requests in, an answer as plain data out. A face listens to nothing. */
import type { BilledUsage, PromptCache } from './prompt-cache.ts';
import type { Script } from './upstream-script.ts';

/** One request as it was received. */
export interface UpstreamRequest {
  /** Counted from 0, in the order in which bodies were complete. */
  readonly number: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Decoded. */
  readonly body: Buffer;
  /** The parsed body; undefined where there is none or it is no JSON. */
  readonly json: unknown;
  /** Set once it was answered; a client that went away first leaves `complete` false. */
  answer: Answer | undefined;
  complete: boolean;
}

/** A reply as data: parts are written one by one, so that each server-sent event is a chunk of its own. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly string[];
  /** What was played, such as `step 3`, `side`, `count`, `refused: ...`. */
  readonly played: string;
  /** What the reply bills, where it bills anything. */
  readonly usage: BilledUsage | undefined;
}

/** What every face plays from. */
export interface Stage {
  readonly script: Script;
  readonly cache: PromptCache;
  readonly countText: (text: string) => number;
  /** The status that this request for the named step gets instead, of the step's `failures`. */
  readonly takeFailure: (name: string, failures: readonly number[] | undefined) => number | undefined;
}

export interface Face {
  readonly name: string;
  /** Undefined: not this API's. */
  readonly answer: (request: UpstreamRequest, stage: Stage) => Answer | undefined;
}

export function jsonAnswer(
  status: number,
  value: unknown,
  played: string,
  usage?: BilledUsage,
  headers: Record<string, string> = {},
): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, parts: [JSON.stringify(value)], played, usage };
}
