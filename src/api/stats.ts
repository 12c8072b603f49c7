/** `/stats`: the figures by the names of the Python original. What it counts and we do not do is 0 or empty. Pure. */
import type { Figures, Spread } from './figures.ts';

export function statsOf(figures: Figures): object {
  const { usage, compressions, requests, failed, input, saved } = figures;
  return {
    requests: {
      ...{ total: requests, cached: 0, rate_limited: 0, failed },
      by_provider: Object.fromEntries(figures.byProvider),
      by_model: Object.fromEntries(figures.byModel),
    },
    tokens: {
      ...{ input, output: usage.output, saved, cli_tokens_avoided: 0 },
      total_before_compression: input + saved,
      savings_percent: percent(saved, input + saved),
    },
    ...{ latency: spreadOf(figures.latency), overhead: spreadOf(figures.overhead), pipeline_timing: {}, waste_signals: {} },
    prefix_cache: { cache_read_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite, uncached_input_tokens: usage.fresh },
    compression: {
      ...{ ccr_entries: compressions.excerpts, ccr_max_entries: null },
      ...{ original_tokens_cached: compressions.before, compressed_tokens_cached: compressions.after },
      ccr_retrievals: figures.retrievals,
    },
    cost: {},
    feedback_loop: {
      ...{ tools_tracked: 0, total_compressions: compressions.count, total_retrievals: figures.retrievals },
      global_retrieval_rate: compressions.count === 0 ? 0 : figures.retrievals / compressions.count,
    },
    recent_requests: figures.recent.toReversed(),
  };
}

function spreadOf({ count, sum, least, most }: Spread): object {
  return { average_ms: round(count === 0 ? 0 : sum / count), min_ms: round(least), max_ms: round(most), total_requests: count };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : round((part / whole) * 100);
}

/** To two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
