/**
 * What the pipeline makes of a kept text by itself. The text is all that was kept: not the call that it answers, nor what stood above it,
 * so it is what would be shown without knowing them, and need not be what a model was shown.
 */
import { createPipeline } from '../pipeline/create.ts';
import { findOriginalIn } from '../store/originals.ts';
import type { TokenCounter } from '../tokens/count.ts';
import type { PageComparison } from './data.ts';

/** Characters of a text that are shown: a browser lays out no more in good time. */
export const mostShown = 400_000;

/** From the first folder that has it, unharmed. */
export function compareOriginal(name: string, folders: readonly string[], count: TokenCounter): PageComparison | undefined {
  const found = findOriginalIn(folders, name);
  return found && { name, ...compareText(found.bytes.toString(), found.path, count), bytes: found.bytes.length };
}

function compareText(text: string, path: string, count: TokenCounter): Omit<PageComparison, 'name' | 'bytes'> {
  // One of its own: no other original stands above this one.
  const pipeline = createPipeline({ count, keep: () => ({ path }) });
  const block = { key: 'original', source: 'result', text, call: undefined } as const;
  const { replacements, records } = pipeline.rewrite({ model: undefined, blocks: [block], allowsRepeats: true });
  const after = replacements.get(0);
  const { form, kind = 'text', reason = 'unknown', tokensBefore = 0, tokensAfter = 0 } = records[0] ?? {};
  return {
    before: text.slice(0, mostShown),
    isCut: text.length > mostShown || (after?.length ?? 0) > mostShown,
    after: after?.slice(0, mostShown),
    ...{ form, kind, reason, tokensBefore, tokensAfter },
  };
}
