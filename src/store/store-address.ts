/** The address of a shared store, which holds a password: checked, and spelled for people without it. Pure. */
import { Failure } from '../errors.ts';

/** A `Failure` for what is no address of a Redis. It tells nothing of what was given, which may hold a password. */
export function checkStore(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isRedis =
    parsed !== undefined && /^rediss?:$/.test(parsed.protocol) && parsed.hostname !== '' && /^(?:\/\d{0,5})?$/.test(parsed.pathname);
  if (isRedis) return url;
  const hint = 'Example: redis://:PASSWORD@redis.internal:6379/0, or rediss:// for TLS.';
  throw new Failure('bad-store', '--shared-store or HEADROOM_STORE: this is no address of a Redis', hint);
}

/** Where it is, without what opens it. */
export function describeStore(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${protocol}//${hostname}:${port || 6379}${pathname.length > 1 ? pathname : ''}`;
}
