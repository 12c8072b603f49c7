/**
 * The main thread's side of the proxy: starts the worker, holds its address and its skips, and starts another where it dies.
 * No request passes through here.
 */
import type { ExchangeRecord, ProxySettings } from '../proxy/records.ts';
import { type RunningWorker, startWorker, takeWorkerAhead } from './worker-thread.ts';

/** `plain`: after repeated deaths the worker runs with mode `off`, so that the session goes on. `gave-up`: nothing listens any more. */
type ProxyThreadState = 'running' | 'restarting' | 'plain' | 'gave-up' | 'closed';

export interface ProxyRestart {
  /** Why the worker died, in one line. */
  readonly reason: string;
  /** `restarting` or `gave-up`. */
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
  /** Ends what is in flight, hands out its records and frees the port; a second call waits for the first. */
  close(): Promise<void>;
}

/** Deaths within `period` milliseconds: from the third on the next worker only passes through, at the fifth we stop. */
const deathLimits = { period: 10_000, plain: 3, last: 5 };
/** Milliseconds before the next start, by deaths within the period: at once first, and all well within a second. */
const pauses = [0, 0, 50, 200, 400];

/** Resolves when the worker listens; rejects with a `Failure` where it cannot. `workerFile` is for tests; the bundle has its own. */
export async function startProxyThread(settings: ProxySettings, owner: ProxyThreadOwner, workerFile?: URL): Promise<ProxyThread> {
  const skips = new Map(settings.skips.map((notice) => [notice.key, notice]));
  const deaths: number[] = [];
  let state: ProxyThreadState = 'restarting';
  let { port, mode } = settings;
  let running: RunningWorker | undefined;
  let pause: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const launch = () => {
    const worker = takeWorkerAhead() ?? startWorker(workerFile);
    const started = worker.run({ ...settings, port, mode, skips: [...skips.values()] }, (message) => {
      if (message.type === 'record') owner.onRecord(message.record);
      if (message.type === 'skips') for (const notice of message.notices) skips.set(notice.key, notice);
    });
    running = started;
    return started;
  };

  const watch = async (worker: RunningWorker) => {
    worker.listening.then(
      () => {
        if (!closing) state = mode === settings.mode ? 'running' : 'plain';
      },
      () => {},
    );
    const reason = await worker.ended;
    running = undefined;
    if (closing) return;
    const now = performance.now();
    deaths.push(now);
    const recent = deaths.filter((death) => now - death < deathLimits.period).length;
    state = recent >= deathLimits.last ? 'gave-up' : 'restarting';
    if (recent >= deathLimits.plain) mode = 'off';
    if (state === 'restarting') pause = setTimeout(() => void watch(launch()), pauses[recent] ?? 0);
    owner.onRestart?.({ reason, state });
  };

  const first = launch();
  port = await first.listening;
  void watch(first);
  state = 'running';

  const end = async () => {
    state = 'closed';
    clearTimeout(pause);
    await running?.close();
  };
  const close = () => {
    closing ??= end();
    return closing;
  };
  return { address: `http://127.0.0.1:${port}/${settings.secret}`, secret: settings.secret, state: () => state, close };
}
