/** The two profiles as benches ask for them: `standard` keeps originals, here nowhere; its notes are as long as real ones. */
import { createHash } from 'node:crypto';
import type { PipelineOptions } from '../../src/pipeline/create.ts';
import type { TokenCounter } from '../../src/tokens/count.ts';

export const profiles = ['lossless', 'standard'] as const;
export type Profile = (typeof profiles)[number];

export function pipelineOptions(count: TokenCounter, profile: Profile): PipelineOptions {
  return profile === 'lossless' ? { count } : { count, keep: keepNowhere };
}

function keepNowhere(text: string): { path: string } {
  return { path: `/home/dev/.cache/headroom/originals/${createHash('sha256').update(text).digest('hex').slice(0, 16)}` };
}
