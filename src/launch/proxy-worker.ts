/** The worker thread's entry: the proxy with the real protocols and the real pipeline, which is loaded when the socket listens already. */
import { protocols } from '../protocols/index.ts';
import { runProxyWorker } from './worker-run.ts';

runProxyWorker({
  protocols,
  createPipeline: async ({ skips, originals }) => {
    const [{ createPipeline }, { createKeeper }, { loadCounter }] = await Promise.all([
      import('../pipeline/create.ts'),
      import('./keep-originals.ts'),
      import('../tokens/count.ts'),
    ]);
    const keep = createKeeper(originals);
    return createPipeline({ count: await loadCounter(), skips, ...(keep ? { keep } : {}) });
  },
});
