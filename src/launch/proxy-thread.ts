/**
 * The main thread's side of the proxy: starts the worker, holds its address and its skips, and starts another where it dies.
 * No request passes through here.
 */
import type { ExchangeRecord, ProxySettings } from '../proxy/records.ts';

/** `plain`: after repeated deaths the worker runs with mode `off`, so that the session goes on. `gave-up`: nothing listens any more. */
export type ProxyThreadState = 'running' | 'restarting' | 'plain' | 'gave-up' | 'closed';

export interface ProxyRestart {
  /** Why the worker died, in one line. */
  readonly reason: string;
  readonly state: ProxyThreadState;
}

export interface ProxyThreadOwner {
  readonly onRecord: (record: ExchangeRecord) => void;
  /** The worker died; told once per death, with what comes next. */
  readonly onRestart?: (restart: ProxyRestart) => void;
}

export interface ProxyThread {
  /** `http://127.0.0.1:PORT/SECRET`, the same for the whole session. */
  readonly address: string;
  readonly secret: string;
  state(): ProxyThreadState;
  /** Ends what is in flight and frees the port; the second call waits for the first. */
  close(): Promise<void>;
}

/** Resolves when the worker listens; rejects with a `Failure` where it cannot. `workerFile` is for tests; the bundle has its own. */
export async function startProxyThread(_settings: ProxySettings, _owner: ProxyThreadOwner, _workerFile?: URL): Promise<ProxyThread> {
  throw new Error('in the making');
}
