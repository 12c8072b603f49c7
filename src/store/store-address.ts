/** The address of a shared store, which holds a password: checked, read, and spelled for people without it. Pure. */
import { Failure } from '../errors.ts';

export interface StoreAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Its number. */
  readonly database: number;
  /** By TLS. */
  readonly isSecure: boolean;
}

/** A `Failure` for what is no address of a Redis. It tells nothing of what was given, which may hold a password. */
export function checkStore(url: string): string {
  readStore(url);
  return url;
}

/** The same `Failure`. What else stands in it would not be honoured: there is none. */
export function readStore(url: string): StoreAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const [username, password] = [parsed?.username, parsed?.password].map(decode);
  const isRedis = parsed !== undefined && /^rediss?:$/.test(parsed.protocol) && parsed.hostname !== '';
  const database = /^(?:\/(\d{0,4}))?$/.exec(parsed?.pathname ?? '');
  if (isRedis && username !== undefined && password !== undefined && database && parsed.search === '' && parsed.hash === '') {
    return {
      host: parsed.hostname.replace(/^\[|\]$/g, ''),
      port: Number(parsed.port || usualPort),
      username: username || undefined,
      password: password || undefined,
      database: Number(database[1] || 0),
      isSecure: parsed.protocol === 'rediss:',
    };
  }
  const hint = 'Example: redis://:PASSWORD@redis.internal:6379/0, or rediss:// for TLS. In a password % is %25, @ is %40, / is %2F.';
  throw new Failure('bad-store', '--shared-store or HEADROOM_STORE: this is no address of a Redis', hint);
}

/** Where it is, without what opens it. */
export function describeStore(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${protocol}//${hostname}:${port || usualPort}${pathname.length > 1 ? pathname : ''}`;
}

const usualPort = 6379;

/** Undefined where a `%` stands for itself. */
function decode(text = ''): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
