/** The real pipeline, counting a quarter of the characters: what the proxy is tested for does not depend on the count. */
import { createPipeline } from '../../src/pipeline/create.ts';
import type { Pipeline, Skip } from '../../src/pipeline/pipeline.ts';

export function createTestPipeline(skips: readonly Skip[] = []): Pipeline {
  return createPipeline({ count: (text) => Math.ceil(text.length / 4), skips });
}
