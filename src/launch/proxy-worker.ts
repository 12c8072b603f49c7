/** The worker thread's entry: the proxy with the real protocols and the real pipeline. */
import { createPipeline } from '../pipeline/create.ts';
import { protocols } from '../protocols/index.ts';
import { loadCounter } from '../tokens/count.ts';
import { createKeeper } from './keep-originals.ts';
import { runProxyWorker } from './worker-run.ts';

await runProxyWorker({
  protocols,
  createPipeline: async ({ skips, originals }) => {
    const keep = createKeeper(originals);
    return createPipeline({ count: await loadCounter(), skips, ...(keep ? { keep } : {}) });
  },
});
