/**
 * Says so while it can still help: the agent has worked for a while and no request has come. Only where nobody sits at a terminal of the
 * agent's: there it waits for a person, and a line of ours would stand in the middle of its screen; the receipt says it at the end.
 */
import type { Meter } from './totals.ts';

export interface Silence {
  readonly meter: Meter;
  readonly title: string;
  /** See `Wrapper`. */
  readonly strays: string | undefined;
  readonly note: (line: string) => void;
  readonly seconds?: number;
}

export const usualStrays = 'settings that it puts above ours send its traffic elsewhere';
const usualSeconds = 30;

/** One line at most; gives what ends the watch. */
export function watchSilence({ meter, title, strays = usualStrays, note, seconds = usualSeconds }: Silence): () => void {
  const timer = setTimeout(() => {
    if (meter.totals.requests.all === 0)
      note(`no request has come in ${seconds} s: ${title} has asked the model nothing yet, or ${strays}`);
  }, seconds * 1000);
  return () => clearTimeout(timer);
}
