/** Which blocks are worth working on: results of some size that carry nothing of ours and no stub of the agent's own. */
import type { ToolCall } from '../block.ts';
import { carriesNotes } from './note.ts';

/** Tokens below which a block is left alone. */
export const leastTokens = 200;
/** UTF-16 units that cannot hold that many tokens of ordinary text. */
const leastLength = 400;
/** UTF-16 units above which a block goes out as it came. */
const mostLength = 4_194_304;

/** Stubs by which agents stand in for output they cut or already showed. */
const stub = /^<persisted-output>|^Warning: truncated output|^File unchanged since last read|unchanged since last read/;

/** A call that opens an original wants all of it; what our own tool made smaller is as small as it gets. */
const original = /[\\/]originals[\\/]+[0-9a-f]{6,16}|\bheadroom\b[^\n]{0,40}\bretrieve\b|headroom_(?:retrieve|compress)/;

function fetchesOriginal(call: ToolCall | undefined): boolean {
  return call !== undefined && (original.test(call.tool) || original.test(JSON.stringify(call.input) ?? ''));
}

/** Why a text is left alone, or undefined where it should be worked on. */
export function reasonToLeave(text: string, call: ToolCall | undefined): string | undefined {
  if (text.length < leastLength) return 'small';
  if (text.length > mostLength) return 'over 4 MiB';
  if (stub.test(text.slice(0, 2000))) return 'stub of the agent';
  if (fetchesOriginal(call)) return 'an original';
  if (carriesNotes(text)) return 'carries our notes';
  return undefined;
}
