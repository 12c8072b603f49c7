/** Sums up a launch's records as they come: the figures behind the receipt. Keeps no record, prints nothing. */
import type { BlockRecord } from '../pipeline/decision.ts';
import type { ExchangeRecord } from '../proxy/records.ts';
import { type BilledTokens, type BilledTurn, estimateFactor, noTokens, tokensIn } from '../tokens/bill.ts';

export interface Totals {
  readonly requests: {
    /** Everything that reached us, refused requests aside. */
    all: number;
    /** Those the model answers. */
    turns: number;
    /** Turns whose reply carried usage, and turns that went well and told none. */
    reported: number;
    silent: number;
    /** Turns: upstream could not be reached or broke off; upstream answered with an error; the agent went away first. */
    failed: number;
    rejected: number;
    aborted: number;
    /** Turns sent a second time with the originals, after a 400. */
    retried: number;
    refused: number;
  };
  readonly usage: BilledTokens;
  /**
   * Tokens that the turns with usage, and those without, would have held beyond what they did, each removed token in each turn that it
   * would have been in. Estimates, see `estimateFactor`. While only observing: what would have been removed.
   */
  readonly removed: { reported: number; silent: number };
  readonly removedBy: Record<string, number>;
  /** Turns that sent otherwise what had been sent, and the tokens that were written to the prompt cache once more for it; estimated. */
  readonly rewritten: { turns: number; tokens: number };
  /** Turns at which the provider held nothing of the conversation and old results were rewritten: tokens of those results before and after; estimated. */
  readonly cold: { turns: number; before: number; after: number };
  /** What the usage of replies made us switch off, as far as it was told. */
  readonly tripped: Record<string, number>;
  /** Every turn with usage, for the bill: what it costs depends on its model and its size. */
  readonly turns: BilledTurn[];
  /** What tools returned, handed over by hooks: calls, bytes as they came and as they went, o200k tokens before and after. */
  readonly toolOutput: { calls: number; bytesBefore: number; bytesAfter: number; before: number; after: number };
  /** Result blocks at first sight, and those of them that went out smaller. */
  readonly results: { seen: number; shrunk: number };
  /** Why results went out as they came, at first sight. */
  readonly leftAlone: Record<string, { results: number; tokens: number }>;
  /** Why whole turns were not read. */
  readonly unread: Record<string, number>;
  /** Milliseconds of our own work on turns. */
  readonly added: { total: number; most: number };
  /** One reason for each death of the proxy's worker. */
  readonly restarts: string[];
}

export interface Meter {
  readonly totals: Totals;
  add(record: ExchangeRecord): void;
}

export function createMeter(): Meter {
  const totals: Totals = {
    requests: { all: 0, turns: 0, reported: 0, silent: 0, failed: 0, rejected: 0, aborted: 0, retried: 0, refused: 0 },
    usage: noTokens(),
    removed: { reported: 0, silent: 0 },
    removedBy: {},
    rewritten: { turns: 0, tokens: 0 },
    cold: { turns: 0, before: 0, after: 0 },
    tripped: {},
    turns: [],
    toolOutput: { calls: 0, bytesBefore: 0, bytesAfter: 0, before: 0, after: 0 },
    results: { seen: 0, shrunk: 0 },
    leftAlone: {},
    unread: {},
    added: { total: 0, most: 0 },
    restarts: [],
  };
  return { totals, add: (record) => addRecord(totals, record) };
}

function addRecord(totals: Totals, record: ExchangeRecord): void {
  const { requests } = totals;
  if (record.outcome === 'refused') {
    requests.refused++;
    return;
  }
  if (record.kind === 'tool-output') {
    addToolOutput(totals, record);
    return;
  }
  requests.all++;
  if (record.kind !== 'turn') return;
  requests.turns++;
  if (record.retried) requests.retried++;
  addWork(totals, record);
  const isBilled = countOutcome(totals, record);
  if (isBilled) addRemoved(totals, record);
}

/** No request of the model's: nothing of it was billed here. */
function addToolOutput(totals: Totals, record: ExchangeRecord): void {
  const { toolOutput } = totals;
  toolOutput.calls++;
  toolOutput.bytesBefore += record.bytesReceived;
  toolOutput.bytesAfter += record.bytesSent;
  for (const { tokensBefore, tokensAfter, levers } of record.blocks) {
    toolOutput.before += tokensBefore;
    toolOutput.after += tokensAfter;
    addLevers(totals, levers, 1);
  }
  addWork(totals, record);
}

/** What we did about it, whatever it was. */
function addWork(totals: Totals, { untouched, addedMs, blocks }: ExchangeRecord): void {
  if (untouched) count(totals.unread, untouched);
  totals.added.total += addedMs;
  totals.added.most = Math.max(totals.added.most, addedMs);
  addResults(totals, blocks);
}

function addLevers({ removedBy }: Totals, levers: BlockRecord['levers'], factor: number): void {
  for (const [lever, tokens] of Object.entries(levers)) removedBy[lever] = (removedBy[lever] ?? 0) + tokens * factor;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Whether the turn was billed, as far as can be told. */
function countOutcome({ requests, usage }: Totals, record: ExchangeRecord): boolean {
  if (record.outcome === 'upstream-failed') requests.failed++;
  else if (record.outcome === 'aborted') requests.aborted++;
  else if ((record.status ?? 0) >= 400) requests.rejected++;
  if (record.usage) {
    requests.reported++;
    for (const tier of Object.keys(usage) as (keyof BilledTokens)[]) usage[tier] += record.usage[tier];
    return true;
  }
  const wentWell = record.outcome === 'answered' && (record.status ?? 0) >= 200 && (record.status ?? 0) < 300;
  if (wentWell) requests.silent++;
  return wentWell;
}

function addRemoved(totals: Totals, record: ExchangeRecord): void {
  const { blocks, usage } = record;
  const model = usage?.model ?? record.model;
  const factor = estimateFactor(model, usage, record.bytesSent);
  const removed = { first: 0, carried: 0 };
  for (const block of blocks) {
    if (!isShrunk(block)) continue;
    totals.removed[usage ? 'reported' : 'silent'] += (block.tokensBefore - block.tokensAfter) * factor;
    // At a cold moment everything is written anew, whoever sent it before.
    removed[block.carried && !record.cold ? 'carried' : 'first'] += (block.tokensBefore - block.tokensAfter) * factor;
    addLevers(totals, block.levers, factor);
  }
  if (record.tripped !== undefined) count(totals.tripped, record.tripped);
  if (record.cold) {
    totals.cold.turns++;
    totals.cold.before += record.cold.before * factor;
    totals.cold.after += record.cold.after * factor;
  }
  const cold = record.cold && (record.cold.before - record.cold.after) * factor;
  if (!usage) return;
  const { time, upstream, bySubscription = false, rewritten = 0 } = record;
  if (rewritten > 0) totals.rewritten.turns++;
  totals.rewritten.tokens += rewritten;
  const billed = { time, model, upstream, usage: tokensIn(usage), removed, rewritten, bySubscription };
  totals.turns.push({ ...billed, ...(cold === undefined ? {} : { cold }) });
}

function addResults(totals: Totals, blocks: readonly BlockRecord[]): void {
  for (const block of blocks) {
    if (block.carried) continue;
    totals.results.seen++;
    if (isShrunk(block)) totals.results.shrunk++;
    else {
      totals.leftAlone[block.reason] ??= { results: 0, tokens: 0 };
      const reason = totals.leftAlone[block.reason]!;
      reason.results++;
      reason.tokens += block.tokensBefore;
    }
  }
}

/** Whether a block went out smaller than it came. */
export function isShrunk(block: BlockRecord): boolean {
  return block.form !== undefined && block.tokensAfter < block.tokensBefore;
}
