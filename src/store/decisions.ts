/**
 * What became of conversations, kept beyond the process: lines that are only ever added, filed by a conversation's root (the chain key of what
 * stands before the model's first turn, so that all its requests, forks and resumes share it). What lines mean is `pipeline/history.ts`'s.
 */

/** What a result became. */
export interface RecordedDecision {
  /** The messages' part of its chain key. */
  readonly key: string;
  /** What goes out instead; absent: it goes out as it came. */
  readonly text?: string;
  readonly form?: string;
  readonly reason: string;
  readonly kind: string;
  readonly levers: Readonly<Record<string, number>>;
  /** o200k tokens. */
  readonly before: number;
  readonly after: number;
  readonly original?: string;
}

/** What the clocks of one machine said. */
export interface ClockReading {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Seconds since the machine started. */
  readonly up: number;
  /** The machine's name. */
  readonly host: string;
}

/** A request, just before it leaves, or what its reply told. A line that is not whole never happened. */
export interface DecisionLine {
  readonly v: 1;
  /** Tells one line from all others. */
  readonly id: string;
  /**
   * How many lines stood before it when it was made. Where others came between, it was made without knowing them: what it decides never
   * happened, and its maker decides anew. Absent in lines that decide nothing.
   */
  readonly base?: number;
  readonly scope: string;
  /** What the decisions are filed under. */
  readonly era: string;
  /** Set where the era begins in place of another: everything that the other held had certainly expired. */
  readonly instead?: string;
  /** The provider's cache was in use; `life`: seconds for which it may keep what was written, null: nobody knows. */
  readonly used?: ClockReading & { readonly life: number | null };
  /** The messages' key of the last block that was sent. */
  readonly sent?: string;
  readonly decided?: readonly RecordedDecision[];
  /** Go out as they came after all, whatever was decided before: upstream refused them, or something failed. */
  readonly takenBack?: readonly string[];
  /** A reply reported that something was written to the cache. */
  readonly isBorneOut?: true;
  /** Seconds: what a reply reported lives longer than the request asked for. */
  readonly longerLife?: number;
  /** A reply showed cache writes that we caused, by what. */
  readonly tripped?: string;
}

/** Where reading a list went on to; only its store can tell. */
export type ListPlace = Readonly<Record<string, number>>;

export interface ReadLines {
  readonly lines: readonly DecisionLine[];
  readonly place: ListPlace;
  /** True where this is not the list that was read up to the place that was given: what stood in that one is gone. */
  readonly isAnother: boolean;
}

/** Several processes, or machines, may use one store at the same time. */
export interface DecisionStore {
  /** What was added after a place; everything without one. Throws or rejects where it cannot be read. */
  read(root: string, after?: ListPlace): ReadLines | Promise<ReadLines>;
  /** Adds a line and reads what others added between the place and it. Throws or rejects where it was not added for certain. */
  append(root: string, line: DecisionLine, after?: ListPlace): ReadLines | Promise<ReadLines>;
  /** Of a store over the network, which holds the originals too and may be away for a while: calls it each time that it is back. */
  readonly whenBack?: (run: () => void) => void;
}

/** Undefined for what was cut short, and for what a later version wrote. */
export function parseDecisionLine(text: string): DecisionLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<DecisionLine>;
    return line.v === 1 && typeof line.scope === 'string' && typeof line.era === 'string' ? (line as DecisionLine) : undefined;
  } catch {
    return undefined;
  }
}
