/** A store that several replicas of a proxy share over the network, so that each knows what the others decided. Types alone. */
import type { DecisionStore } from './decisions.ts';

/** `readable`: it answers, and takes nothing new. `away`: nothing is asked of it before it answers again. */
export type SharedState = 'ready' | 'readable' | 'away';

/** Names of figures, and what to add to each; of those that end in `.least` or `.most` the least or the most counts. */
export type Totals = Readonly<Record<string, number>>;

export interface SharedStore {
  /** A line that decides on an excerpt is only added once the original is there too. */
  readonly decisions: DecisionStore;
  state(): { readonly state: SharedState; readonly reason: string };
  /** Puts originals that stand in our own folder there. Never rejects: those that could not go now go when it is back. */
  share(names: readonly string[]): Promise<void>;
  /** Puts an original into our own folder, where it is not in it and another replica shared it. A `Failure` where nobody can tell. */
  bring(name: string): Promise<void>;
  /** Adds to the sums of all replicas, exactly once for each id. Rejects where that is not certain: then the same again. */
  addTotals(id: string, totals: Totals): Promise<void>;
  readTotals(): Promise<Totals>;
  close(): Promise<void>;
}
