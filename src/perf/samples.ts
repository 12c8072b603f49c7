/** Single texts through the pipeline, each by itself: what becomes of them in both profiles, and how long it takes. */
import type { ToolCall } from '../block.ts';
import { createPipeline } from '../pipeline/create.ts';
import type { KeepOriginal } from '../pipeline/decide.ts';
import type { TokenCounter } from '../tokens/count.ts';

export interface Sample {
  readonly name: string;
  /** What it is a sample of. */
  readonly kind: string;
  readonly call: ToolCall | undefined;
  readonly text: string;
}

/** o200k tokens. */
export interface MeasuredSample {
  readonly name: string;
  readonly kind: string;
  readonly before: number;
  readonly lossless: number;
  readonly standard: number;
  /** Of the profile `standard`, counting included: the median of three runs. */
  readonly milliseconds: number;
}

export function measureSample({ name, kind, call, text }: Sample, count: TokenCounter, keep: KeepOriginal): MeasuredSample {
  const run = (options: { keep?: KeepOriginal }) => {
    const began = performance.now();
    const [record] = rewriteAlone({ name, kind, call, text }, count, options.keep).records;
    return { tokens: record?.tokensAfter ?? 0, milliseconds: performance.now() - began };
  };
  const before = count(text);
  const runs = [run({ keep }), run({ keep }), run({ keep })];
  // Too small a text is not counted by the pipeline, and stays.
  const after = (tokens: number) => (tokens === 0 ? before : tokens);
  const [, median] = runs.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
  return { name, kind, before, lossless: after(run({}).tokens), standard: after(runs[0]?.tokens ?? 0), milliseconds: median ?? 0 };
}

/** What would go out instead; undefined where it would go out as it came. */
export function shrinkSample(sample: Sample, count: TokenCounter, keep: KeepOriginal): string | undefined {
  return rewriteAlone(sample, count, keep).replacements.get(0);
}

function rewriteAlone({ name, call, text }: Sample, count: TokenCounter, keep: KeepOriginal | undefined) {
  const blocks = [{ key: name, source: 'result', text, call }] as const;
  return createPipeline({ count, ...(keep ? { keep } : {}) }).rewrite({ model: undefined, blocks, allowsRepeats: true });
}
