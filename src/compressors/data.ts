/**
 * Data in the midst of text: what it is and how large, and the text around it. Excerpts only: a line is shown whole or not at all. Never what a
 * file holds.
 */
import { linesOf } from '../text/lines-of.ts';
import { showsFiles } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';
import { type DataKind, dataKindOf } from './data-lines.ts';

/** Share of the text that must be data. */
const leastShare = 0.4;
/** Rows of a dump that are shown at its beginning and its end. */
const firstRows = 24;
const lastRows = 4;
/** Shorter runs of base64 are keys and tokens. */
const leastBase64 = 6;
const longBase64 = 1000;

export const data: Compressor = {
  kind: 'data',
  lever: 'data',
  claim: ({ text, call }) => {
    if (text.length < 2000 || showsFiles(call)) return 0;
    let units = 0;
    for (const line of linesOf(text)) if (dataKindOf(line) !== undefined) units += line.length + 1;
    return units >= text.length * leastShare ? 0.55 : 0;
  },
  shrink: () => undefined,
  excerpt: ({ text }) => {
    const lines = linesOf(text);
    const kinds = lines.map(dataKindOf);
    const keeps = lines.map(() => true);
    for (let at = 0; at < lines.length; at++) {
      const kind = kinds[at];
      if (kind === undefined) continue;
      let until = at;
      while (until < lines.length && kinds[until] === kind) until++;
      hide(keeps, lines, kind, at, until);
      at = until - 1;
    }
    if (keeps.every(Boolean)) return undefined;
    return { keeps, tell: (from, until) => tell(lines, kinds, from, until) };
  },
};

function hide(keeps: boolean[], lines: readonly string[], kind: DataKind, from: number, until: number): void {
  const begin = kind === 'hex dump' ? from + firstRows : from;
  const end = kind === 'hex dump' ? until - lastRows : until;
  if (kind === 'base64' && until - from < leastBase64 && (lines[from]?.length ?? 0) < longBase64) return;
  for (let at = begin; at < end; at++) keeps[at] = false;
}

function tell(lines: readonly string[], kinds: readonly (DataKind | undefined)[], from: number, until: number): string {
  const told = [...new Set(kinds.slice(from, until).filter((kind) => kind !== undefined))].join(', ');
  const units = lines.slice(from, until).reduce((sum, line) => sum + line.length, 0);
  if (told === 'hex dump') {
    const offsetOf = (at: number) => /^[0-9a-f]+/i.exec(lines[at] ?? '')?.[0] ?? '';
    return `hex dump, ${offsetOf(from)} to ${offsetOf(until - 1)}`;
  }
  return `${told}, ${units} characters`;
}
