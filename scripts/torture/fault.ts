/** What can go wrong between an agent and its upstream: one row per way, for the same request with us and without. */
import type { Attempt, Way } from './attempt.ts';
import type { Script, Turn } from './scripted-upstream.ts';

/** Whole numbers from 0 up to a bound. */
type Dice = (sides: number) => number;

export interface Fault {
  readonly name: string;
  /** How the agent sends. */
  readonly way?: (dice: Dice) => Way;
  /** How upstream answers; `present` is the agent's side of the same request. Called twice with the same dice: with us and without. */
  readonly script: (dice: Dice, present: () => Attempt) => Script;
  /** True where without us the outcome hangs on who is quicker: any of what can happen will do. */
  readonly isRace?: boolean;
  /** True where nothing else may be under way: a connection that is kept may serve anybody. */
  readonly isAlone?: boolean;
  /** True where upstream may never see the request, or only part of it. */
  readonly mayNotArrive?: boolean;
}

export const json = '{"type":"message","model":"torture","content":[],"usage":{"input_tokens":5,"output_tokens":7}}';
export const event = (text: string) => `event: x\ndata: ${JSON.stringify({ type: 'x', text })}\n\n`;
export const chunk = (text: string) => `${Buffer.byteLength(text, 'latin1').toString(16)}\r\n${text}\r\n`;
export const plainHead = (length: number, status = '200 OK', more = '') =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${more}Content-Length: ${length}\r\n\r\n`;
export const streamHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

/** The whole request first, then the reply. */
export function afterBody(answer: (turn: Turn) => Promise<void> | void): Script {
  return async (turn) => {
    await turn.body.then(
      () => answer(turn),
      () => {},
    );
  };
}

export function answerWell({ write }: Turn): void {
  write(plainHead(json.length) + json);
}
