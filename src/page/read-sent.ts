/** What a model was shown of a result, as the decision store keeps it, and the whole of it where that is among the originals or follows from it. */
import { findDecision } from '../store/find-decision.ts';
import { findOriginalIn } from '../store/originals.ts';
import type { TokenCounter } from '../tokens/count.ts';
import { mostShown } from './compare-original.ts';
import type { PageSent } from './data.ts';
import { undoForm } from './undo-form.ts';

export interface SentPlaces {
  readonly decisions: string;
  /** Where originals may be. */
  readonly originals: readonly string[];
}

/** `key` and `after`: of a line of the ledger. Undefined where nothing of it is kept. */
export function readSent(key: string, after: number, { decisions, originals }: SentPlaces, count: TokenCounter): PageSent | undefined {
  const decision = findDecision(decisions, key, after);
  if (decision?.text === undefined) return undefined;
  const { text, original } = decision;
  const before = original === undefined ? undoForm(text, decision.before, count) : findOriginalIn(originals, original)?.bytes.toString();
  const isCut = Math.max(text.length, before?.length ?? 0) > mostShown;
  return { key, before: before?.slice(0, mostShown), after: text.slice(0, mostShown), isCut, original };
}
