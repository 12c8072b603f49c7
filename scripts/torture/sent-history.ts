/** What was sent of one conversation so far, and whether what is sent now leaves it as it was (law 1). */
import { cachedMessages } from '../../test/helpers/wire-spellings.ts';
import type { PlayedTurn } from './turn.ts';

export interface History {
  /** Takes a turn in; says what of it is not as it was sent before. `received` is what the agent sent us. */
  add(turn: PlayedTurn, received: Buffer): readonly string[];
}

export function createHistory(): History {
  /** As the last request had it, and as the last one that a good reply accepted. */
  let sent: readonly string[] = [];
  let accepted: readonly string[] = [];
  return {
    add: ({ arrivals, view }, received) => {
      const whole = arrivals.flatMap(({ body }) => (body && body.length > 0 ? [cachedMessages(body)] : []));
      const last = whole.at(-1);
      if (!last) return [];
      // What was refused with 400 is in nobody's cache; what follows takes back what no reply had accepted (law 6).
      const [base, name] = whole.length > 1 ? [accepted, 'accepted'] : [sent, 'sent'];
      const wrong = broken(base, last) ? [`what was ${name} before is sent otherwise, message ${broken(base, last)}`] : [];
      if (last.length !== cachedMessages(received).length) wrong.push('messages came or went');
      sent = last;
      if (view.status !== undefined && view.status >= 200 && view.status < 300) accepted = last;
      return wrong;
    },
  };
}

/** The number of the first message, from 1, that is not as it was; 0 where all are. */
function broken(before: readonly string[], now: readonly string[]): number {
  return before.findIndex((message, at) => message !== now[at]) + 1;
}
