/** The proxy's life inside its worker: starts it, tells the main thread what happens, and ends when told to. Nothing comes from the network. */
import { parentPort } from 'node:worker_threads';
import { Failure, messageOf } from '../errors.ts';
import type { Pipeline, Skip } from '../pipeline/pipeline.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { ExchangeRecord, ProxySettings } from '../proxy/records.ts';
import { type RunningProxy, startProxy } from '../proxy/server.ts';
import { createToolOutputAnswer } from './tool-output.ts';

/** What the worker tells. `failed`: it could not listen, and ends. */
export type WorkerMessage =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint: string }
  | { readonly type: 'record'; readonly record: ExchangeRecord }
  | { readonly type: 'skips'; readonly notices: readonly Skip[] };

/** What the worker is told. `run`: once, first of all. `close`: end what is in flight, hand out the last records, and go. */
export type MainMessage = { readonly type: 'run'; readonly settings: ProxySettings } | { readonly type: 'close' };

export interface WorkerParts {
  readonly protocols: readonly Protocol[];
  readonly createPipeline: (settings: ProxySettings) => Promise<Pipeline> | Pipeline;
  /** Called before the proxy is closed. */
  readonly onClose?: () => Promise<void>;
}

/** Waits to be told to run. An error that nobody caught ends the worker, and the main thread starts another. */
export function runProxyWorker(parts: WorkerParts): void {
  const port = parentPort;
  if (!port) throw new Error('this file is the entry of a worker thread');
  const tell = (message: WorkerMessage) => port.postMessage(message);
  let running: Promise<RunningProxy> | undefined;
  port.on('message', async (message: MainMessage) => {
    if (message.type === 'run') {
      running = run(message.settings, parts, tell);
      tell({ type: 'listening', port: (await running).port });
    } else {
      await parts.onClose?.();
      await (await running)?.close();
      process.exit(0);
    }
  });
}

async function run(settings: ProxySettings, parts: WorkerParts, tell: (message: WorkerMessage) => void): Promise<RunningProxy> {
  try {
    const onSkip = (notices: readonly Skip[]) => tell({ type: 'skips', notices });
    return await startProxy(settings, {
      protocols: parts.protocols,
      createPipeline: () => parts.createPipeline(settings),
      onRecord: (record) => tell({ type: 'record', record }),
      onSkip,
      answerContent: createToolOutputAnswer(settings, onSkip),
    });
  } catch (thrown) {
    const { code, hint } = thrown instanceof Failure ? thrown : { code: 'proxy-start', hint: '' };
    tell({ type: 'failed', code, message: messageOf(thrown), hint });
    process.exit(1);
  }
}
