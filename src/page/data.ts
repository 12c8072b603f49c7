/** What the page shows, as its server hands it out in JSON. Types alone: the server and the script in the browser agree on them. */
import type { LedgerBlock, LedgerLine } from '../store/ledger.ts';

/** Tokens as the provider counts; dollars; `removed` and `saved` are estimates. */
export interface PageSum {
  readonly requests: number;
  readonly input: number;
  readonly removed: number;
  readonly billed: number;
  readonly saved: number;
  /** Requests whose model has no price. */
  readonly unpriced: number;
  /** Tokens cached once more because we changed what had been sent, and what that cost, which is taken off what was saved. */
  readonly rewritten: number;
  readonly charged: number;
}

export type PageSums = Readonly<Record<string, PageSum>>;

/** The sums of `headroom perf --json`, by the same names. */
export interface PageFigures {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly launches: number;
  readonly all: PageSum;
  /** Of them those that changed nothing. */
  readonly observed: PageSum;
  readonly byDay: PageSums;
  readonly byAgent: PageSums;
  readonly byModel: PageSums;
  readonly byProject: PageSums;
  readonly byLever: Readonly<Record<string, number>>;
  /** o200k tokens, at first sight. */
  readonly byKind: Readonly<Record<string, { readonly results: number; readonly before: number; readonly after: number }>>;
  readonly leftAlone: Readonly<Record<string, { readonly results: number; readonly tokens: number }>>;
  /** Milliseconds. */
  readonly added: { readonly p50: number; readonly p95: number; readonly most: number };
  readonly outcomes: { readonly answered: number; readonly failed: number; readonly rejected: number; readonly retried: number };
  /** Requests paid by the month. */
  readonly subscription: number;
}

/** A launch that runs now. Without a sum: no request of it is in the ledger. */
export interface PageSession {
  readonly launch: string;
  readonly pid: number;
  readonly since: string;
  readonly agent: string | undefined;
  readonly project: string | undefined;
  readonly sum: PageSum | undefined;
}

export type PageBlock = LedgerBlock;

/** `blocks`: the heaviest of `first`; absent in lines of older versions. */
export type PageRequest = Pick<
  LedgerLine,
  | 'time'
  | 'launch'
  | 'agent'
  | 'project'
  | 'mode'
  | 'kind'
  | 'model'
  | 'outcome'
  | 'status'
  | 'retried'
  | 'untouched'
  | 'first'
  | 'carried'
  | 'blocks'
  | 'cold'
> & { readonly sum: PageSum; readonly addedMs: number };

export interface PageData {
  readonly version: string;
  readonly figures: PageFigures;
  readonly running: readonly PageSession[];
  /** The youngest first, some hundred at most. */
  readonly latest: readonly PageRequest[];
  /** Which price list the dollars are from. */
  readonly prices: string;
  /** What could not be read, one line each. */
  readonly problems: readonly string[];
}

export interface PageOriginal {
  /** The first 16 hex digits of its hash. */
  readonly name: string;
  readonly bytes: number;
  /** When it was kept last, ISO 8601. */
  readonly keptAt: string;
}

export interface PageOriginals {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** The youngest first, some hundred at most. */
  readonly latest: readonly PageOriginal[];
}

/** What a model was shown of a result. */
export interface PageSent {
  readonly key: string;
  /** Undefined where no copy of the whole is there: nothing was left out, or its original is gone. Both are cut at some hundred thousand characters. */
  readonly before: string | undefined;
  readonly after: string;
  readonly isCut: boolean;
  readonly original: string | undefined;
}

/** An original, and what the pipeline makes of it alone: without the call that it answers, and without a conversation above it. */
export interface PageComparison {
  readonly name: string;
  readonly bytes: number;
  /** Cut at some hundred thousand characters. */
  readonly before: string;
  readonly isCut: boolean;
  /** Undefined where it would go out as it came. */
  readonly after: string | undefined;
  readonly reason: string;
  readonly form: string | undefined;
  readonly kind: string;
  /** o200k. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}
