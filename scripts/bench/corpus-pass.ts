/** One pass over recorded sessions for all who measure them: each session is replayed once per profile. */
import { loadCounter } from '../../src/tokens/count.ts';
import { type Session, sessions } from '../../test/helpers/corpus.ts';
import { type Replays, replayAll } from './replay.ts';

export interface Gauge {
  readonly take: (session: Session, replays: Replays, count: (text: string) => number) => void;
  readonly print: () => void;
}

export async function passOver(folder: string, gauges: readonly Gauge[]): Promise<void> {
  const count = await loadCounter();
  for (const session of sessions(folder)) {
    const replays = replayAll(session, count);
    for (const gauge of gauges) gauge.take(session, replays, count);
  }
}
