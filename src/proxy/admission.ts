/** Who may use the proxy: whoever knows the secret, from this machine, and no page in a browser. Pure: it answers nothing itself. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * What a request was let in for. `all`: it showed the secret or token of the proxy, or none is asked for where it comes from.
 * `content`: it showed the content secret, which opens originals and MCP and nothing else. `none`: it showed nothing; probes alone answer.
 */
export type Access = 'all' | 'content' | 'none';

export interface Admission {
  readonly isAdmitted: boolean;
  /** Path and query without the secret, always with a leading slash. */
  readonly target: string;
}

/** The first path segment is the secret; `port` is the one we listen on. */
export function admit(request: IncomingMessage, secret: string, port: number): Admission {
  const url = request.url ?? '';
  const { segment, target: rest } = withoutFirstSegment(url);
  const knowsSecret = url.startsWith('/') && isSame(segment, secret);
  const target = knowsSecret ? rest : url;
  return { isAdmitted: knowsSecret && isOurHost(request, port) && request.headers.origin === undefined, target };
}

/** The first segment of a path, and what is left of path and query without it. */
export function withoutFirstSegment(url: string): { readonly segment: string; readonly target: string } {
  const end = url.slice(1).search(/[/?]/);
  const rest = end < 0 ? '' : url.slice(1 + end);
  return { segment: end < 0 ? url.slice(1) : url.slice(1, 1 + end), target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Digests have one length, so that the comparison tells nothing of the secret's. */
export function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

// A name that an attacker's DNS points at 127.0.0.1 is not ours.
function isOurHost(request: IncomingMessage, port: number): boolean {
  const hosts = request.headersDistinct.host ?? [];
  return hosts.length > 0 && hosts.every((host) => [`127.0.0.1:${port}`, `localhost:${port}`].includes(host.toLowerCase()));
}
