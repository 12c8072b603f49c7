/** The worker thread's entry: the proxy with the real protocols and the real pipeline. */
import { protocols } from '../protocols/index.ts';
import { createHeavyThread } from './heavy-thread.ts';
import { loadProxyPipeline } from './proxy-pipeline.ts';
import { runProxyWorker } from './worker-run.ts';

const heavy = createHeavyThread();
runProxyWorker({
  protocols,
  createPipeline: (settings) => loadProxyPipeline(settings, undefined, undefined, heavy.elsewhere),
  onClose: heavy.close,
});
