/**
 * At which requests of a past conversation the provider certainly held nothing, as far as one could know when they were sent: by their times
 * and models, and by the life that usage shows of what was written. The proxy's own course decides, over what it would have known then.
 */
import { type Block, chain, messagesKey, scopeLength, type Usage } from '../block.ts';
import { chooseCourse } from '../pipeline/course.ts';
import { type Expectation, judgeUsage } from '../pipeline/evidence.ts';
import { createHistory, type History, take } from '../pipeline/history.ts';
import { scopeOfModel } from '../protocols/wire-scope.ts';
import type { BilledTokens } from '../tokens/bill.ts';

export interface PastRequest {
  /** Epoch milliseconds. */
  readonly time: number | undefined;
  readonly model: string | undefined;
  readonly usage: Pick<BilledTokens, 'cacheWrite5m' | 'cacheWrite1h'> | undefined;
  /** True where its messages do not go on from those of the request before. */
  readonly begins: boolean;
}

export interface CacheState {
  /** Within an era nothing that was sent is sent otherwise. */
  readonly era: string;
  /** Why an era begins at which old results may be rewritten: nothing sent for longer than the provider keeps, or another model. */
  readonly cold: 'idle' | 'model' | undefined;
}

/** Seconds. What Anthropic keeps by what was asked for; OpenAI keeps for a day where it is asked to. */
const lives = { short: 300, long: 3600, day: 86_400 } as const;
/** What a reply tells of its request is asked only for how long something is kept. */
const expectsNothing: Expectation = { isCold: false, hasChanged: false, fixed: 0, fresh: 1 };

export function findCacheStates(requests: readonly PastRequest[]): CacheState[] {
  let [history, blocks]: [History, Block[]] = [createHistory(), []];
  let life: number | undefined;
  return requests.map(({ time, model = '', usage, begins }) => {
    if (begins) [history, blocks] = [createHistory(), []];
    const turn = blocks.length;
    // What the messages say is no matter here: a turn of the model's and what it was answered.
    for (const part of turn === 0 ? ['question'] : ['turn', 'answer']) blocks.push(nextBlock(blocks.at(-1), part));
    const conversation = { model, blocks, allowsRepeats: true, scope: scopeOfModel(model), opening: 1, turn, life };
    const now = { time: time ?? 0, up: (time ?? 0) / 1000, host: '' };
    const { era, instead, cold } = chooseCourse(history, conversation, now, { isOurs: true, allowsCold: time !== undefined });
    life = lifeAskedFor(model, usage) ?? life;
    const used = { ...now, life: time === undefined || life === undefined ? null : life };
    const { scope } = conversation;
    const sent = messagesKey(blocks.at(-1)!.key);
    const told = usage && judgeUsage({ ...nothingUsed, ...usage }, expectsNothing, history.eras.get(era));
    take(history, { v: 1, id: '', scope, era, ...(instead === undefined ? {} : { instead }), used, sent, ...told }, now);
    return { era, cold };
  });
}

const nothingUsed: Usage = { model: undefined, fresh: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 };

function nextBlock(before: Block | undefined, part: string): Block {
  return { key: '0'.repeat(scopeLength) + chain(before?.key ?? '', part), source: 'opaque', text: '', call: undefined };
}

/** Seconds for which the provider keeps what a request writes; undefined where it does not tell. */
export function lifeAskedFor(model: string, usage: PastRequest['usage']): number | undefined {
  if (/gpt|codex|^o\d/i.test(model)) return lives.day;
  if (!usage) return undefined;
  return usage.cacheWrite1h > 0 ? lives.long : usage.cacheWrite5m > 0 ? lives.short : undefined;
}
