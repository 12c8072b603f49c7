/** `/metrics`: the figures in the text format of Prometheus, by the names of the Python original. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { Figures, Spread } from './figures.ts';
import type { Reply } from './reply.ts';
import { round } from './stats.ts';

export async function metricsOf(figures: Figures): Promise<Reply> {
  const registry = new Registry();
  const tell = (name: string, help: string, value: number, Kind: typeof Counter | typeof Gauge = Counter) => {
    new Kind({ name: `headroom_${name}`, help, registers: [registry] }).inc(value);
  };
  const tellEach = (name: string, help: string, label: string, values: ReadonlyMap<string, number>) => {
    const counter = new Counter({ name: `headroom_${name}`, help, labelNames: [label], registers: [registry] });
    for (const [each, value] of values) counter.inc({ [label]: each }, value);
  };
  const { usage, compressions } = figures;
  tell('requests_total', 'Requests to models, and compressions that were asked for', figures.requests);
  tellEach('requests_by_provider', 'Requests by provider', 'provider', figures.byProvider);
  tellEach('requests_by_model', 'Requests by model', 'model', figures.byModel);
  tellEach('requests_failed_total', 'Requests that upstream did not answer, or with an error', 'provider', figures.failedByProvider);
  tell('tokens_input_total', 'Input tokens as providers reported them, and of compressions that were asked for', figures.input);
  tell('tokens_output_total', 'Output tokens as providers reported them', usage.output);
  tell('tokens_saved_total', 'Tokens (o200k) removed, in each request that would have held them', figures.saved);
  tell('cache_read_tokens_total', 'Input tokens read from the prompt cache', usage.cacheRead);
  tell('cache_write_tokens_total', 'Input tokens written to the prompt cache', usage.cacheWrite);
  tell('uncached_input_tokens_total', 'Input tokens that no prompt cache held', usage.fresh);
  tell('compressions_total', 'Results and conversations that became smaller', compressions.count);
  tell('retrievals_total', 'Originals that were asked for', figures.retrievals);
  for (const [name, what, spread] of spreadsOf(figures)) {
    tell(`${name}_ms_sum`, `Milliseconds ${what}, in all`, round(spread.sum));
    tell(`${name}_ms_count`, `Requests in headroom_${name}_ms_sum`, spread.count);
    tell(`${name}_ms_min`, `Least milliseconds ${what}`, round(spread.least), Gauge);
    tell(`${name}_ms_max`, `Most milliseconds ${what}`, round(spread.most), Gauge);
  }
  return { status: 200, type: registry.contentType, body: await registry.metrics() };
}

function spreadsOf({ latency, overhead }: Figures): readonly (readonly [string, string, Spread])[] {
  return [
    ['latency', 'from a request to the end of its reply', latency],
    ['overhead', 'of our own work on a request', overhead],
  ];
}
