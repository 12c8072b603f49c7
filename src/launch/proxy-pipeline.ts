/** The real pipeline of a proxy, loaded when it is first needed: by then the socket listens already. */
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ProxySettings } from '../proxy/records.ts';

export async function loadProxyPipeline({ skips, originals }: Pick<ProxySettings, 'skips' | 'originals'>): Promise<Pipeline> {
  const [{ createPipeline }, { createKeeper }, { loadCounter }] = await Promise.all([
    import('../pipeline/create.ts'),
    import('./keep-originals.ts'),
    import('../tokens/count.ts'),
  ]);
  const keep = createKeeper(originals);
  return createPipeline({ count: await loadCounter(), skips, ...(keep ? { keep } : {}) });
}
