/**
 * At which requests of a past conversation the provider certainly held nothing, as far as one could know when they were sent: by their times
 * and models, and by the life that usage shows of what was written. The rules are those of a live session.
 */
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

interface Era {
  readonly name: string;
  /** Epoch milliseconds. */
  warmUntil: number;
}

/** Seconds. What Anthropic keeps by what was asked for; OpenAI keeps for a day where it is asked to. */
const lives = { short: 300, long: 3600, day: 86_400 } as const;
const margin = 60;
/** What differs in every request may be no part of the cache. */
const leastServed = 3;

export function findCacheStates(requests: readonly PastRequest[]): CacheState[] {
  const scopes = new Map<string, { era: Era; requests: number }>();
  let latest: { era: Era; requests: number } | undefined;
  let life: number | undefined;
  let eras = 0;
  const beginEra = (): Era => ({ name: String(eras++).padStart(16, '0'), warmUntil: 0 });
  return requests.map(({ time, model = '', usage, begins }) => {
    let scope = scopes.get(model);
    let cold: CacheState['cold'];
    if (scope) {
      const before = scope.era;
      if (!begins && time !== undefined && time > before.warmUntil) {
        cold = 'idle';
        const era = beginEra();
        for (const each of scopes.values()) if (each.era === before) each.era = era;
      }
    } else {
      if (!begins && latest && latest.requests >= leastServed) cold = 'model';
      scope = { era: cold || !latest ? beginEra() : latest.era, requests: 0 };
      scopes.set(model, scope);
    }
    life = lifeAskedFor(model, usage) ?? life;
    scope.requests++;
    latest = scope;
    const until = time === undefined || life === undefined ? Number.POSITIVE_INFINITY : time + (life + margin) * 1000;
    scope.era.warmUntil = Math.max(scope.era.warmUntil, until);
    return { era: scope.era.name, cold };
  });
}

/** Seconds for which the provider keeps what a request writes; undefined where it does not tell. */
export function lifeAskedFor(model: string, usage: PastRequest['usage']): number | undefined {
  if (/gpt|codex|^o\d/i.test(model)) return lives.day;
  if (!usage) return undefined;
  return usage.cacheWrite1h > 0 ? lives.long : usage.cacheWrite5m > 0 ? lives.short : undefined;
}
