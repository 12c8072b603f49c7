/** The proxy's life inside its worker: starts it, tells the main thread what happens, and ends when told to. Nothing comes from the network. */
import { parentPort, workerData } from 'node:worker_threads';
import { Failure, messageOf } from '../errors.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { ExchangeRecord, ProxySettings, SkipNotice } from '../proxy/records.ts';
import { startProxy } from '../proxy/server.ts';
import { createToolOutputAnswer } from './tool-output.ts';

/** What the worker tells. `failed`: it could not listen, and ends. */
export type WorkerMessage =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint: string }
  | { readonly type: 'record'; readonly record: ExchangeRecord }
  | { readonly type: 'skips'; readonly notices: readonly SkipNotice[] };

/** What the worker is told: end what is in flight, hand out the last records, and go. */
export interface CloseMessage {
  readonly type: 'close';
}

export interface WorkerParts {
  readonly protocols: readonly Protocol[];
  readonly createPipeline: (settings: ProxySettings) => Promise<Pipeline> | Pipeline;
}

/** Never rejects; an error that nobody caught ends the worker, and the main thread starts another. */
export async function runProxyWorker(parts: WorkerParts): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this file is the entry of a worker thread');
  const settings = workerData as ProxySettings;
  const tell = (message: WorkerMessage) => port.postMessage(message);
  try {
    const onSkip = (notices: readonly SkipNotice[]) => tell({ type: 'skips', notices });
    const proxy = await startProxy(settings, {
      protocols: parts.protocols,
      createPipeline: () => parts.createPipeline(settings),
      onRecord: (record) => tell({ type: 'record', record }),
      onSkip,
      answerContent: createToolOutputAnswer(settings, onSkip),
    });
    port.on('message', async (message: CloseMessage) => {
      if (message.type !== 'close') return;
      await proxy.close();
      process.exit(0);
    });
    tell({ type: 'listening', port: proxy.port });
  } catch (thrown) {
    const { code, hint } = thrown instanceof Failure ? thrown : { code: 'proxy-start', hint: '' };
    tell({ type: 'failed', code, message: messageOf(thrown), hint });
    process.exit(1);
  }
}
