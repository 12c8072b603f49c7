/**
 * A connection to Redis that never keeps anybody waiting: what is not answered soon is given up, and then nothing is asked before a try of our
 * own went well. What is wrong is told in a few words, which hold nothing of the address.
 */
import { Redis } from 'ioredis';
import { messageOf } from '../../errors.ts';
import type { SharedState } from '../shared-store.ts';
import { readStore } from '../store-address.ts';
import { gone, isClosing, isRefusal, reasonOf, silent, Trouble } from './trouble.ts';
import { tryAll } from './try-all.ts';

export interface RedisConnection {
  state(): { readonly state: SharedState; readonly reason: string };
  /** Rejects at once where it is away, or takes nothing and something is to be written; else after a second at the latest. */
  run<Result>(kind: 'read' | 'write', ask: (client: Redis) => Promise<Result>): Promise<Result>;
  /** Called each time that it can be written again. */
  whenBack(run: () => void): void;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** Called when it goes, and when it is back. */
  readonly onChange: (state: SharedState, reason: string) => void;
}

/** Milliseconds. A request is held up by the first of them, once. */
const longest = 1000;
const betweenTries = 250;
const mostFailures = 12;
/** For what is on its way out at the end, or on a connection that is dead. */
const untilDropped = 250;

/** Resolves when the first try is over, however it went. */
export async function connectRedis(url: string, { onChange }: ConnectionOptions): Promise<RedisConnection> {
  const { database, isSecure, ...address } = readStore(url);
  const client = new Redis({
    ...address,
    // Node's own authorities, and those of NODE_EXTRA_CA_CERTS.
    ...(isSecure ? { tls: {} } : {}),
    ...{ lazyConnect: true, enableReadyCheck: false, disconnectTimeout: untilDropped },
    ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    ...{ connectTimeout: longest, retryStrategy: () => betweenTries, protocol: 2, connectionName: 'headroom' },
  });
  let [state, reason]: [SharedState, string] = ['away', 'it was not asked yet'];
  let lost = silent;
  let [wasThere, hasStarted, isClosed, failures] = [false, false, false, 0];
  let nextTry: NodeJS.Timeout | undefined;
  const listeners: (() => void)[] = [];
  const learn = (error: unknown) => {
    // That it is closed is what follows from another.
    if (isClosing.test(messageOf(error))) return;
    lost = reasonOf(error);
    if (lost === gone && !isSecure && !wasThere) lost = 'it hangs up at once: perhaps it wants rediss://';
  };
  client.on('error', learn);
  client.on('close', () => {
    if (state !== 'away') change('away', gone);
  });

  const now = () => ({ state, reason });
  const change = (next: SharedState, why: string) => {
    if (isClosed) return;
    const isNews = (next === 'ready') !== (state === 'ready');
    [state, reason] = [next, why];
    if (isNews && hasStarted) onChange(next, why);
    if (isNews && next === 'ready') for (const run of listeners) run();
    else if (next !== 'ready') tryAgain();
  };
  const tryAgain = () => {
    clearTimeout(nextTry);
    if (!isClosed) nextTry = setTimeout(() => void attempt(), betweenTries);
    nextTry?.unref();
  };
  /** Each connection begins with one. */
  const attempt = async () => {
    try {
      if (client.status !== 'ready') throw new Trouble(lost);
      // The client's own way to choose it goes on in another one where it fails.
      if (database > 0) await within(longest, client.select(database));
      await within(longest, tryAll(client));
      wasThere = true;
      failures = 0;
      change('ready', '');
    } catch (thrown) {
      // A connection may be dead, and nobody says so.
      if (++failures % mostFailures === 0 || thrown instanceof TooLate) client.disconnect(true);
      // Why it was closed was told before.
      const isCutOff = isClosing.test(messageOf(thrown)) && lost !== silent;
      change(isRefusal(thrown) ? 'readable' : 'away', isCutOff ? lost : reasonOf(thrown));
    }
  };

  await within(longest, client.connect()).catch(learn);
  await attempt();
  hasStarted = true;
  const begun = now();
  if (begun.state !== 'ready') onChange(begun.state, begun.reason);
  return {
    state: now,
    run: async (kind, ask) => {
      if (state === 'away' || (kind === 'write' && state === 'readable')) throw new Trouble(reason);
      try {
        return await within(longest, ask(client));
      } catch (thrown) {
        if (thrown instanceof OwnError) throw thrown;
        if (isRefusal(thrown)) change('readable', reasonOf(thrown));
        else {
          change('away', reasonOf(thrown));
          // What comes on it now would come too late.
          if (thrown instanceof TooLate) client.disconnect(true);
        }
        throw new Trouble(reasonOf(thrown));
      }
    },
    whenBack: (run) => listeners.push(run),
    close: async () => {
      isClosed = true;
      clearTimeout(nextTry);
      client.disconnect();
    },
  };
}

/** Wrong with what was asked, not with Redis. */
export class OwnError extends Error {}

class TooLate extends Trouble {}

async function within<Result>(milliseconds: number, asked: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(silent)), milliseconds);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    asked.catch(() => {});
  }
}
