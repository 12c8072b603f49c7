/**
 * The listening socket: loopback only, and only for those who know the secret. What happens to an admitted request is `exchange.ts`'s matter.
 */
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { ExchangeRecord, ProxySettings, SkipNotice } from './records.ts';

/** What the proxy is made of, handed in by its owner. */
export interface ProxyParts {
  readonly protocols: readonly Protocol[];
  /** Called once, after the socket listens; requests that need it wait for it. */
  readonly createPipeline: () => Promise<Pipeline> | Pipeline;
  readonly onRecord: (record: ExchangeRecord) => void;
  /** Called before the request that the skips are for leaves. */
  readonly onSkip: (notices: readonly SkipNotice[]) => void;
}

export interface RunningProxy {
  readonly port: number;
  /** Ends everything in flight and frees the port. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; rejects where the port is taken. */
export async function startProxy(_settings: ProxySettings, _parts: ProxyParts): Promise<RunningProxy> {
  throw new Error('in the making');
}
