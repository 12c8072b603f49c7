/**
 * A connection to Redis that never keeps anybody waiting: what is not answered soon is given up, and then nothing is asked before a try of our
 * own went well. What is wrong is told in a few words, which hold nothing of the address.
 */
import { Redis } from 'ioredis';
import { messageOf } from '../../errors.ts';
import type { SharedState } from '../shared-store.ts';

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

/** Resolves when the first try is over, however it went. */
export async function connectRedis(url: string, { onChange }: ConnectionOptions): Promise<RedisConnection> {
  const client = new Redis(url, {
    ...{ lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    ...{ connectTimeout: longest, retryStrategy: () => betweenTries, protocol: 2, connectionName: 'headroom' },
  });
  let [state, reason]: [SharedState, string] = ['away', 'it was not asked yet'];
  let lost = silent;
  let [hasStarted, isClosed, failures] = [false, false, 0];
  let nextTry: NodeJS.Timeout | undefined;
  const listeners: (() => void)[] = [];
  const learn = (error: unknown) => {
    // That it is closed is what follows from another.
    if (!isClosing.test(messageOf(error))) lost = reasonOf(error);
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
  /** Writes, for a server may answer and yet take nothing. */
  const attempt = async () => {
    try {
      if (client.status !== 'ready') throw new Trouble(lost);
      await within(longest, client.set('headroom:asked', '1', 'EX', 60));
      failures = 0;
      change('ready', '');
    } catch (thrown) {
      // A connection may be dead, and nobody says so.
      if (++failures % mostFailures === 0 || thrown instanceof TooLate) client.disconnect(true);
      change(isRefusal(thrown) ? 'readable' : 'away', reasonOf(thrown));
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

/** Told in our words. */
class Trouble extends Error {}

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

const silent = 'it does not answer';
const gone = 'the connection was lost';
const isClosing = /^(?:Connection is closed|Stream isn't writeable|Reached the max retries|Command aborted)/;
const words: readonly (readonly [RegExp, string])[] = [
  [/^(?:READONLY|-READONLY)/, 'it is a replica that takes nothing: name the primary'],
  [/^OOM/, 'its memory is full: raise its maxmemory'],
  [/^MISCONF/, 'it cannot write to its disk'],
  [/^NOREPLICAS/, 'it has too few replicas to take anything'],
  [/^(?:WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/i, 'it does not take the password in the address'],
  [/^NOPERM/, 'its user may not run GET, SET, GETRANGE, EXPIRE, RPUSH, LRANGE, HGETALL, EVAL on headroom:*'],
  [/^LOADING/, 'it is still loading'],
  [/^ERR DB index/i, 'it has no database of that number'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, 'nobody knows its name'],
  [/ETIMEDOUT|timed out|EHOSTUNREACH|ENETUNREACH/i, silent],
  [/ECONNRESET|EPIPE|socket hang up/, gone],
  [isClosing, gone],
  [/certificate|TLS|SSL/i, 'its certificate is not trusted'],
];

function isRefusal(thrown: unknown): boolean {
  return /^(?:-?READONLY|OOM|MISCONF|NOREPLICAS)/.test(refusalIn(thrown));
}

/** Of a transaction that was given up, the command that it was given up for tells more. */
function refusalIn(thrown: unknown): string {
  const { previousErrors: [first] = [] } = thrown as { previousErrors?: readonly Error[] };
  return messageOf(first ?? thrown);
}

/** Ours, or one of the words above; what else stands in an error may be anything. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Trouble) return thrown.message;
  const { code = '' } = thrown as NodeJS.ErrnoException;
  return words.find(([pattern]) => pattern.test(refusalIn(thrown)) || pattern.test(code))?.[1] ?? 'it does not do as it is asked';
}
