/** Which blocks are worth working on: results of some size that carry nothing of ours and no stub of the agent's own. */
import type { ToolCall } from '../block.ts';
import { splitEnvelope } from '../text/envelope.ts';
import { openJsonEnvelope } from '../text/json-envelope.ts';
import { carriesNotes } from './note.ts';

/** Tokens below which a block is left alone. */
export const leastTokens = 200;
/** UTF-16 units that cannot hold that many tokens of ordinary text. */
const leastLength = 400;
/** UTF-16 units above which a block goes out as it came. */
const mostLength = 4_194_304;

/** Stubs by which agents stand in for output they cut or already showed. */
const stub = /^<persisted-output>|^Warning: truncated output|^File unchanged since last read|unchanged since last read/;

/** Where neither stands in a text of JSON, spelled in whatever way, none does in its strings. */
const mayHoldEither = /^[[{].*(?:persisted-output|truncated output|unchanged since|\[(?:…|\\u2026) \d)/m;

/** A call that opens an original wants all of it; what our own tool made smaller is as small as it gets. */
const original = /[\\/]originals[\\/]+[0-9a-f]{6,16}|\bheadroom\b[^\n]{0,40}\bretrieve\b|headroom_(?:retrieve|compress)/;

function fetchesOriginal(call: ToolCall | undefined): boolean {
  return call !== undefined && (original.test(call.tool) || original.test(JSON.stringify(call.input) ?? ''));
}

/** Why a text is left alone, or undefined where it should be worked on. */
export function reasonToLeave(text: string, call: ToolCall | undefined): string | undefined {
  if (text.length < leastLength) return 'small';
  if (text.length > mostLength) return 'over 4 MiB';
  if (fetchesOriginal(call)) return 'an original';
  const { texts } = (mayHoldEither.test(text) && openJsonEnvelope(splitEnvelope(text).body, call)) || { texts: [] };
  for (const each of [text, ...texts]) {
    if (stub.test(each.slice(0, 2000))) return 'stub of the agent';
    if (carriesNotes(each)) return 'carries our notes';
  }
  return undefined;
}
