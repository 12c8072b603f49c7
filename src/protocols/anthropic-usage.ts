/** Reads what a reply says it cost, from a copy of its events or of its JSON body. */
import type { Usage } from '../block.ts';
import { count, member, parse } from './figures.ts';
import type { UsageReader } from './protocol.ts';

/** As found so far; a later figure replaces an earlier one, for the API's figures are running totals. */
interface Figures extends Usage {
  isKnown: boolean;
}

export function createUsageReader(): UsageReader {
  const figures: Figures = { model: undefined, isKnown: false, fresh: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 };
  return {
    event(data) {
      // Most events are pieces of text: those are not worth parsing.
      if (!data.includes('message_start') && !data.includes('message_delta')) return;
      const event = parse(data);
      if (member(event, 'type') === 'message_start') take(figures, member(event, 'message'));
      else if (member(event, 'type') === 'message_delta') take(figures, event);
    },
    body: (json) => take(figures, parse(json)),
    usage() {
      const { isKnown, ...usage } = figures;
      return isKnown ? usage : undefined;
    },
  };
}

/** `message` is anything with a `usage` in it. */
function take(figures: Figures, message: unknown): void {
  const model = member(message, 'model');
  if (typeof model === 'string') figures.model = model;
  const usage = member(message, 'usage');
  if (typeof usage !== 'object' || usage === null) return;
  const output = count(usage, 'output_tokens');
  const fresh = count(usage, 'input_tokens');
  const cacheRead = count(usage, 'cache_read_input_tokens');
  figures.output = output ?? figures.output;
  figures.fresh = fresh ?? figures.fresh;
  figures.cacheRead = cacheRead ?? figures.cacheRead;
  const written = takeWrites(figures, count(usage, 'cache_creation_input_tokens'), member(usage, 'cache_creation'));
  if (written || output !== undefined || fresh !== undefined || cacheRead !== undefined) figures.isKnown = true;
}

/** Tokens written that no life is given for lived 5 minutes, the API's default. False: no figure at all. */
function takeWrites(figures: Figures, total: number | undefined, split: unknown): boolean {
  const short = count(split, 'ephemeral_5m_input_tokens');
  const long = count(split, 'ephemeral_1h_input_tokens');
  if (short !== undefined || long !== undefined) {
    figures.cacheWrite1h = long ?? 0;
    figures.cacheWrite5m = Math.max(short ?? 0, (total ?? 0) - figures.cacheWrite1h);
    return true;
  }
  if (total === undefined) return false;
  figures.cacheWrite1h = Math.min(figures.cacheWrite1h, total);
  figures.cacheWrite5m = total - figures.cacheWrite1h;
  return true;
}
