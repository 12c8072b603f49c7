/** What one client was given: the figures that `headroom_stats` tells. Nothing here is kept. */

interface SessionEvent {
  readonly type: 'compress' | 'retrieve';
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly [figure: string]: unknown;
}

export interface Session {
  compressed(before: number, after: number, strategy: string): void;
  /** Says how often this original was asked for. */
  retrieved(name: string): number;
  /** The fields of the Python original, and where its dollars come from. */
  stats(): Readonly<Record<string, unknown>>;
}

const mostEvents = 10;
/** Dollars per million input tokens; which model reads is not known here. */
const assumedPrice = 3;

/** `now`: epoch milliseconds. */
export function createSession(now: () => number = Date.now): Session {
  const began = now();
  const events: SessionEvent[] = [];
  const retrievals = new Map<string, number>();
  let compressions = 0;
  let before = 0;
  let after = 0;
  const note = (event: Omit<SessionEvent, 'timestamp'> & Pick<SessionEvent, 'type'>) => {
    events.push({ ...event, timestamp: now() / 1000 });
    if (events.length > mostEvents) events.shift();
  };
  return {
    compressed: (input, output, strategy) => {
      compressions++;
      before += input;
      after += output;
      note({ type: 'compress', input_tokens: input, output_tokens: output, savings_percent: percentSaved(input, output), strategy });
    },
    retrieved: (name) => {
      const count = (retrievals.get(name) ?? 0) + 1;
      retrievals.set(name, count);
      note({ type: 'retrieve', hash: name });
      return count;
    },
    stats: () => ({
      session_duration_seconds: Math.round((now() - began) / 1000),
      compressions,
      retrievals: [...retrievals.values()].reduce((sum, count) => sum + count, 0),
      total_input_tokens: before,
      total_output_tokens: after,
      total_tokens_saved: before - after,
      savings_percent: percentSaved(before, after),
      estimated_cost_saved_usd: Math.round((before - after) * assumedPrice * 100) / 1e8,
      estimate: `o200k tokens at $${assumedPrice} per million; which model reads them, and how often, is not known here`,
      recent_events: events,
    }),
  };
}

/** Share of tokens removed, in percent, with one decimal. */
export function percentSaved(before: number, after: number): number {
  return before > 0 ? Math.round((1 - after / before) * 1000) / 10 : 0;
}
