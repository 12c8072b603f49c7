/** How the upstream is reached: kept-alive connections, a corporate proxy between, and the authorities to trust. It sends nothing. */
import { readFileSync } from 'node:fs';
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import * as tls from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Upstream } from './records.ts';
import type { UpstreamAddress } from './upstream-address.ts';

export interface Connections {
  readonly agent: HttpAgent;
  /** What every connection is made with, beside what Node itself puts there. */
  readonly options: Readonly<Record<string, unknown>>;
}

export function createConnections(upstream: Upstream, { base, proxy }: UpstreamAddress): Connections {
  const isSecure = base.protocol === 'https:';
  const ca = authorities(upstream.caFiles);
  // One context for all connections: reading 150 certificates takes milliseconds each time.
  const secureContext = ca && { secureContext: tls.createSecureContext({ ca }) };
  const options = { ...secureContext, secureEndpoint: isSecure };
  // Without a kept-alive agent http-proxy forces `connection: close`.
  if (proxy) return { agent: new TunnelAgent(proxy, { keepAlive: true, ...secureContext }), options };
  return { agent: isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true }), options };
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
