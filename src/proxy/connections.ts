/** How the upstream is reached: kept-alive connections, a corporate proxy between, and the authorities to trust. It sends nothing. */
import { readFileSync } from 'node:fs';
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import * as tls from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { Failure } from '../errors.ts';
import type { Upstream } from './records.ts';

export interface Connections {
  readonly base: URL;
  readonly agent: HttpAgent;
  /** What every connection is made with, beside what Node itself puts there. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Who is on the other side, for messages: no user name, no password. */
  readonly description: string;
}

export function createConnections(upstream: Upstream): Connections {
  const base = webAddress(upstream.url, 'upstream');
  const isSecure = base.protocol === 'https:';
  const ca = authorities(upstream.caFiles);
  // One context for all connections: reading 150 certificates takes milliseconds each time.
  const secureContext = ca && { secureContext: tls.createSecureContext({ ca }) };
  const options = { ...secureContext, secureEndpoint: isSecure };
  // Without a kept-alive agent http-proxy forces `connection: close`.
  if (upstream.proxyUrl === undefined) {
    const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    return { base, agent, options, description: base.host };
  }
  const proxy = webAddress(upstream.proxyUrl, 'proxy');
  const agent = new TunnelAgent(proxy, { keepAlive: true, ...secureContext });
  return { base, agent, options, description: `${base.host} through the proxy ${proxy.host}` };
}

/** What a request may add to its options: fires when nobody wants its connection any more. */
export interface Abandonable {
  readonly abandoned?: AbortSignal;
}

/** A tunnel that is given up while the corporate proxy has not yet answered; of itself the agent would wait for that for ever. */
class TunnelAgent extends HttpsProxyAgent<string> {
  override connect(request: ClientRequest, options: Parameters<HttpsProxyAgent<string>['connect']>[1] & Abandonable) {
    const { connectOpts } = this;
    // Read by the parent before it first waits.
    this.connectOpts = { ...connectOpts, ...(options.abandoned ? { signal: options.abandoned } : {}) };
    try {
      return super.connect(request, options);
    } finally {
      this.connectOpts = connectOpts;
    }
  }
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

/** Node's own authorities and the user's; undefined where the user has none, so that Node's defaults stand as they are. */
function authorities(files: readonly string[]): string[] | undefined {
  const extra = files.flatMap(readCertificates);
  if (extra.length === 0) return undefined;
  // From Node 22.15 on, what Node itself would trust, which may be more than it was built with.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return [...(getCACertificates ? getCACertificates('default') : tls.rootCertificates), ...extra];
}

// Node too only warns of an unreadable file and goes on; the failed connection then says what is missing.
function readCertificates(file: string): string[] {
  try {
    return (
      readFileSync(file, 'utf8').match(
        /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g,
      ) ?? []
    );
  } catch {
    return [];
  }
}
