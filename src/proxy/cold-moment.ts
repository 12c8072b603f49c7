/** A cold moment as it is told: why it was one, and what it changed. */
import { messagesKey } from '../block.ts';
import type { Course } from '../pipeline/course.ts';
import type { BlockRecord } from '../pipeline/decision.ts';
import type { History } from '../pipeline/history.ts';

export interface ColdMoment {
  readonly why: 'idle' | 'model';
  /** o200k tokens of the conversation's results as they went out last, and as they go now. */
  readonly before: number;
  readonly after: number;
  /** The era that had gone cold; undefined where it goes on for those who use it. */
  readonly instead: string | undefined;
}

export function describeCold(why: ColdMoment['why'], { instead }: Course, history: History, records: readonly BlockRecord[]): ColdMoment {
  const old = instead === undefined ? history.scopes.get(history.latest ?? '')?.era : history.eras.get(instead);
  const sent = records.filter(({ carried }) => carried);
  const sum = (tokensOf: (record: BlockRecord) => number) => sent.reduce((total, record) => total + tokensOf(record), 0);
  const before = ({ key, tokensBefore }: BlockRecord) => {
    const decision = old?.decided.get(messagesKey(key));
    // What went out as it came may never have been counted.
    return decision?.replacement === undefined ? tokensBefore : decision.tokensAfter;
  };
  return {
    why,
    before: sum(before),
    after: sum(({ tokensAfter }) => tokensAfter),
    instead,
  };
}
