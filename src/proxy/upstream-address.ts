/** Where the upstream is, as the settings say; checked before anything is loaded that could reach it. */
import { Failure } from '../errors.ts';
import type { Upstream } from './records.ts';

export interface UpstreamAddress {
  readonly base: URL;
  /** The corporate proxy between. */
  readonly proxy: URL | undefined;
  /** Who is on the other side, for messages: no user name, no password. */
  readonly description: string;
}

/** A `Failure` where an address is none. */
export function readAddress({ url, proxyUrl }: Upstream): UpstreamAddress {
  const base = webAddress(url, 'upstream');
  if (proxyUrl === undefined) return { base, proxy: undefined, description: base.host };
  const proxy = webAddress(proxyUrl, 'proxy');
  return { base, proxy, description: `${base.host} through the proxy ${proxy.host}` };
}

function webAddress(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  // The text may hold a password.
  throw new Failure(
    `${what}-address`,
    `The ${what}'s address is no http or https address${url ? ` (${url.protocol})` : ''}.`,
    'Write it as https://host or http://host:port.',
  );
}
