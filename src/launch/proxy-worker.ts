/** The worker thread's entry: the proxy with the real protocols and the real pipeline. */
import { protocols } from '../protocols/index.ts';
import { loadProxyPipeline } from './proxy-pipeline.ts';
import { runProxyWorker } from './worker-run.ts';

runProxyWorker({ protocols, createPipeline: (settings) => loadProxyPipeline(settings) });
