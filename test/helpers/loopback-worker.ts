/**
 * The proxy's worker with the real parts, made to die by what a tool result says. Only tests can name this file; the shipped worker
 * has no such door.
 */
import { runProxyWorker } from '../../src/launch/worker-run.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { ProxySettings } from '../../src/proxy/records.ts';
import { createTestPipeline } from './loopback-pipeline.ts';

const deaths: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(7),
  throw: () => {
    setImmediate(() => {
      throw new Error('thrown where nobody catches');
    });
  },
  reject: () => void Promise.reject(new Error('rejected where nobody looks')),
  memory: () => {
    const held: number[][] = [];
    // In small steps: at its limit Node ends a worker in order only while 16 MB more are enough.
    for (;;) held.push(new Array<number>(50_000).fill(0.5));
  },
  // No death: it prints, and nobody may see it.
  noise: () => {
    process.stdout.write('NOISE');
    console.error('NOISE');
    process.emitWarning('NOISE');
  },
};

function createPipeline({ skips, version }: ProxySettings): Pipeline {
  if (version === 'dies young') setTimeout(() => process.exit(3), 20);
  const pipeline = createTestPipeline(skips);
  return {
    ...pipeline,
    rewrite: (conversation) => {
      for (const { text } of conversation.blocks) if (text.startsWith('die by ')) deaths[text.slice('die by '.length)]?.();
      return pipeline.rewrite(conversation);
    },
  };
}

await runProxyWorker({ protocols, createPipeline });
