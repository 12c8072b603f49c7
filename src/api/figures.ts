/** What passed through the proxy and the API since they run: figures in memory, and no text. `/stats` and `/metrics` tell them. */
import type { ExchangeRecord } from '../proxy/records.ts';
import { BoundedMap } from '../text/bounded-map.ts';

/** Milliseconds. */
export interface Spread {
  count: number;
  sum: number;
  least: number;
  most: number;
}

export interface Figures {
  requests: number;
  failed: number;
  readonly failedByProvider: Map<string, number>;
  readonly byProvider: Map<string, number>;
  readonly byModel: Map<string, number>;
  /** As providers reported it, cached or not; of compressions that were asked for, what they came to. */
  input: number;
  /** As providers reported them. */
  readonly usage: { fresh: number; cacheWrite: number; cacheRead: number; output: number };
  /** o200k, of the results that became smaller, in each request that held them. */
  saved: number;
  readonly latency: Spread;
  readonly overhead: Spread;
  /** What became smaller: results at first sight, and compressions that were asked for. o200k tokens; how many excerpts are in it. */
  readonly compressions: { count: number; before: number; after: number; excerpts: number };
  /** How often each original was asked for here; the last thousand of them. */
  readonly retrieved: BoundedMap<number>;
  retrievals: number;
  readonly recent: RecentRequest[];
}

/** The fields of the Python original. */
interface RecentRequest {
  readonly timestamp: string;
  readonly provider: string;
  readonly model: string | null;
  readonly input_tokens_original: number | null;
  readonly input_tokens_optimized: number | null;
  readonly output_tokens: number | null;
  readonly tokens_saved: number;
  readonly optimization_latency_ms: number;
  readonly total_latency_ms: number;
}

/** One compression that was asked of the API. */
export interface Compressed {
  readonly model: string;
  readonly before: number;
  readonly after: number;
  readonly excerpts: number;
  /** Milliseconds. */
  readonly took: number;
}

const mostRecent = 50;
/** Names come from requests: without a bound whoever asks could fill the memory. */
const mostNames = 200;

export function createFigures(): Figures {
  const spread = () => ({ count: 0, sum: 0, least: 0, most: 0 });
  return {
    ...{ requests: 0, failed: 0, input: 0, saved: 0, retrievals: 0 },
    ...{ byProvider: new Map(), byModel: new Map(), failedByProvider: new Map() },
    usage: { fresh: 0, cacheWrite: 0, cacheRead: 0, output: 0 },
    ...{ latency: spread(), overhead: spread() },
    compressions: { count: 0, before: 0, after: 0, excerpts: 0 },
    retrieved: new BoundedMap(1000),
    recent: [],
  };
}

/** Requests that a model answers; others are not counted. */
export function addRecord(figures: Figures, record: ExchangeRecord, now: number): void {
  if (record.kind !== 'turn' || record.outcome === 'refused') return;
  const { usage, blocks, addedMs } = record;
  const provider = record.protocol?.split('-', 1)[0] ?? 'other';
  const isFailed = record.outcome === 'upstream-failed' || (record.status ?? 0) >= 400;
  // While only observing, what would have been removed was not.
  const shrunk =
    record.bytesSent < record.bytesReceived ? blocks.filter(({ tokensAfter, tokensBefore }) => tokensAfter < tokensBefore) : [];
  const saved = shrunk.reduce((sum, { tokensBefore, tokensAfter }) => sum + tokensBefore - tokensAfter, 0);
  for (const { carried, tokensBefore: before, tokensAfter: after, form } of shrunk)
    if (!carried) addCompression(figures, { before, after, excerpts: form === 'excerpt' ? 1 : 0 });
  if (isFailed) {
    figures.failed++;
    count(figures.failedByProvider, provider);
  }
  const input = usage && usage.fresh + usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheRead;
  if (usage) {
    figures.usage.fresh += usage.fresh;
    figures.usage.cacheWrite += usage.cacheWrite5m + usage.cacheWrite1h;
    figures.usage.cacheRead += usage.cacheRead;
    figures.usage.output += usage.output;
  }
  addRequest(figures, {
    ...{ time: record.time, provider, model: usage?.model ?? record.model, saved },
    ...{ input, output: usage?.output, overhead: addedMs, took: now - record.time },
  });
}

export function addCompressed(figures: Figures, { model, before, after, excerpts, took }: Compressed, now: number): void {
  if (after < before) addCompression(figures, { before, after, excerpts });
  addRequest(figures, {
    ...{ time: now - took, provider: 'compress', model, saved: before - after },
    ...{ input: after, output: 0, overhead: took, took },
  });
}

/** Says how often it was asked for. */
export function addRetrieval(figures: Figures, name: string): number {
  const times = (figures.retrieved.get(name) ?? 0) + 1;
  figures.retrieved.set(name, times);
  figures.retrievals++;
  return times;
}

interface CountedRequest {
  readonly time: number;
  readonly provider: string;
  readonly model: string | undefined;
  readonly saved: number;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly overhead: number;
  readonly took: number;
}

function addRequest(figures: Figures, { time, provider, model, saved, input, output, overhead, took }: CountedRequest): void {
  figures.requests++;
  figures.input += input ?? 0;
  figures.saved += saved;
  count(figures.byProvider, provider);
  count(figures.byModel, model ?? 'unknown');
  widen(figures.latency, took);
  widen(figures.overhead, overhead);
  figures.recent.push({
    timestamp: new Date(time).toISOString(),
    ...{ provider, model: model?.slice(0, 100) ?? null },
    ...{ input_tokens_original: input === undefined ? null : input + saved, input_tokens_optimized: input ?? null },
    ...{ output_tokens: output ?? null, tokens_saved: saved },
    ...{ optimization_latency_ms: overhead, total_latency_ms: took },
  });
  if (figures.recent.length > mostRecent) figures.recent.shift();
}

function addCompression({ compressions }: Figures, { before, after, excerpts }: Pick<Compressed, 'before' | 'after' | 'excerpts'>): void {
  compressions.count++;
  compressions.before += before;
  compressions.after += after;
  compressions.excerpts += excerpts;
}

function count(counts: Map<string, number>, name: string): void {
  const known = counts.has(name.slice(0, 100)) || counts.size < mostNames ? name.slice(0, 100) : 'others';
  counts.set(known, (counts.get(known) ?? 0) + 1);
}

function widen(spread: Spread, value: number): void {
  spread.least = spread.count === 0 ? value : Math.min(spread.least, value);
  spread.most = Math.max(spread.most, value);
  spread.count++;
  spread.sum += value;
}
