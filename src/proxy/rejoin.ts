/** How a process comes back to a store that was away: by what the store has, as every other process knows it, and then what it did meanwhile. */
import { apply, createHistory, type History } from '../pipeline/history.ts';
import type { ClockReading, DecisionLine, DecisionStore, ListPlace } from '../store/decisions.ts';

/** Why an excerpt is not made. */
export const storeIsAway = 'no excerpt: the shared store is away';

/** Lines that were added are taken off `waiting`, so that what is left can be tried again. Rejects where some are left. */
export async function rejoin(
  store: DecisionStore,
  root: string,
  waiting: DecisionLine[],
  readClock: () => ClockReading,
): Promise<{ readonly history: History; readonly place: ListPlace }> {
  const history = createHistory();
  let { lines, place } = await store.read(root);
  for (const line of lines) apply(history, line, readClock());
  for (let line = waiting[0]; line; line = waiting[0]) {
    ({ lines, place } = await store.append(root, line, place));
    for (const other of lines) apply(history, other, readClock());
    apply(history, line, readClock());
    waiting.shift();
  }
  return { history, place };
}

/** The messages' keys of results that a line would leave out parts of for the first time. */
export function freshExcerpts({ eras }: History, { era, decided = [] }: DecisionLine): readonly string[] {
  const known = eras.get(era)?.decided;
  return decided.flatMap(({ key, original }) => (original === undefined || known?.has(key) ? [] : [key]));
}
