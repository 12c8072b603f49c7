/** Big reads of files from long ago that nobody has edited in this conversation: manuals, and code that was looked through. */
import type { Block } from '../../block.ts';
import { commandOf, pathOf } from '../../text/tool-call.ts';
import type { OldResult } from './old-results.ts';

/** Blocks between a read and the present: about thirty calls. Sooner than that, an edit may still quote it. */
const leastAge = 100;
/** UTF-16 units. Short ones are templates and rules, which are copied word for word much later. */
const leastLength = 6000;
/** Instructions that the agent goes by, and plans. */
const binding = /(?:^|[\\/])(?:skills?|plans?|memory|rules|commands|prompts|agents)[\\/]|(?:SKILL|CLAUDE|AGENTS|GEMINI|MEMORY)\.md$/i;
const edits = /edit|write|replace|insert|patch|create/i;

export function findOldReads(blocks: readonly Block[], results: readonly OldResult[]): ReadonlySet<OldResult> {
  const edited = new Set<string>();
  for (const { source, call } of blocks) {
    const path = source === 'call' && edits.test(call?.tool ?? '') ? pathOf(call) : undefined;
    if (path !== undefined) edited.add(path);
  }
  return new Set(
    results.filter(({ at, kind, text, call }) => {
      if (kind !== 'file' || blocks.length - at <= leastAge || text.length < leastLength || commandOf(call) !== undefined) return false;
      const path = pathOf(call);
      return path !== undefined && !binding.test(path) && !edits.test(call?.tool ?? '') && !edited.has(path);
    }),
  );
}
