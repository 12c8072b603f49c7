/** Texts before and after, in our own o200k tokens and as the provider counts them: how far estimates are off. Pure. */
import { sayNumber, sayShare } from '../text/say-amount.ts';
import { table } from './table.ts';

/** A text that is shrunk. */
export interface ExactPair {
  readonly kind: string;
  readonly before: string;
  readonly after: string;
}

/** Tokens. */
export interface CountedPair {
  readonly kind: string;
  readonly ours: { readonly before: number; readonly after: number };
  readonly exact: { readonly before: number; readonly after: number };
}

export interface ExactSummary {
  readonly model: string;
  readonly texts: number;
  /** From o200k to the provider's tokens: in what was removed, in the texts as they came, and as they went. */
  readonly factors: { readonly removed: number; readonly before: number; readonly after: number };
  /** What estimates take. */
  readonly estimated: number;
  readonly pairs: readonly CountedPair[];
}

export function sumUpExact(model: string, estimated: number, pairs: readonly CountedPair[]): ExactSummary {
  const ours = total(pairs, 'ours');
  const exact = total(pairs, 'exact');
  const factors = {
    removed: (exact.before - exact.after) / (ours.before - ours.after),
    before: exact.before / ours.before,
    after: exact.after / ours.after,
  };
  return { model, texts: pairs.length, factors, estimated, pairs };
}

export function exactLines({ model, factors, estimated, pairs }: ExactSummary): readonly string[] {
  const kinds = [...new Set(pairs.map(({ kind }) => kind))];
  const rows = kinds.map((kind) =>
    cells(
      kind,
      pairs.filter((pair) => pair.kind === kind),
    ),
  );
  const head = ['', 'texts', 'o200k before', 'after', '', 'provider before', 'after', '', 'factor'];
  const say = (factor: number) => factor.toFixed(2);
  return [
    ...table([head, ...rows, cells('all', pairs)]),
    '',
    `A removed token of o200k is ${say(factors.removed)} of ${model}; estimates take ${say(estimated)} at most.`,
    `(All of the texts: ${say(factors.before)} before, ${say(factors.after)} after.)`,
  ];
}

function cells(name: string, some: readonly CountedPair[]): string[] {
  const shares = (['ours', 'exact'] as const).flatMap((which) => {
    const { before, after } = total(some, which);
    return [sayNumber(before), sayNumber(after), `-${sayShare(before - after, before)}`];
  });
  const [ours, exact] = [total(some, 'ours'), total(some, 'exact')];
  const factor = (exact.before - exact.after) / (ours.before - ours.after);
  return [name, sayNumber(some.length), ...shares, factor.toFixed(2)];
}

function total(pairs: readonly CountedPair[], which: 'ours' | 'exact'): { before: number; after: number } {
  const sum = { before: 0, after: 0 };
  for (const { [which]: counted } of pairs) {
    sum.before += counted.before;
    sum.after += counted.after;
  }
  return sum;
}
