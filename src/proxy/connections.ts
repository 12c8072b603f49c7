/** How the upstream is reached: kept-alive connections, a corporate proxy between, and the authorities to trust. It sends nothing. */
import { readFileSync } from 'node:fs';
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Upstream } from './records.ts';
import type { UpstreamAddress } from './upstream-address.ts';

export interface Connections {
  readonly agent: HttpAgent;
  /** What a connection is made with, beside what Node itself puts there. */
  options(): Readonly<Record<string, unknown>>;
  /** From now on trusts what this machine trusts too, where this Node can tell; then `options` gives another context. */
  trustSystem(): void;
}

export function createConnections(upstream: Upstream, { base, proxy }: UpstreamAddress): Connections {
  const isSecure = base.protocol === 'https:';
  const extra = upstream.caFiles.flatMap(readCertificates);
  // One context for all connections: reading 150 certificates takes milliseconds each time. Without extra ones Node's defaults stand.
  let secureContext = extra.length > 0 ? trusting(extra) : undefined;
  let system: readonly string[] | undefined;
  // Without a kept-alive agent http-proxy forces `connection: close`.
  const kept = { keepAlive: true };
  const agent = proxy ? new TunnelAgent(proxy, kept) : isSecure ? new HttpsAgent(kept) : new HttpAgent(kept);
  guardIdle(agent);
  return {
    agent,
    options: () => ({ ...(secureContext ? { secureContext } : {}), secureEndpoint: isSecure }),
    trustSystem: () => {
      if (system !== undefined) return;
      system = certificatesOf('system') ?? [];
      if (system.length > 0) secureContext = trusting([...system, ...extra]);
    },
  };
}

/** What comes on a connection that waits for nothing is no reply: whoever gets the connection next must not take it for theirs. */
function guardIdle(agent: HttpAgent): void {
  const keep = agent.keepSocketAlive;
  const reuse = agent.reuseSocket;
  const drop = function (this: Duplex) {
    this.destroy();
  };
  agent.keepSocketAlive = (socket) => {
    socket.on('data', drop);
    return keep.call(agent, socket);
  };
  agent.reuseSocket = (socket, request) => {
    socket.off('data', drop);
    reuse.call(agent, socket, request);
  };
}

/** What a request may add to its options: fires when nobody wants its connection any more. */
export interface Abandonable {
  readonly abandoned?: AbortSignal;
}

type TunnelOptions = Parameters<HttpsProxyAgent<string>['connect']>[1] & Abandonable & { readonly secureContext?: tls.SecureContext };

/** A tunnel that is given up while the corporate proxy has not yet answered; of itself the agent would wait for that for ever. */
class TunnelAgent extends HttpsProxyAgent<string> {
  override connect(request: ClientRequest, options: TunnelOptions) {
    const { connectOpts } = this;
    const { abandoned, secureContext } = options;
    // Read by the parent before it first waits.
    this.connectOpts = { ...connectOpts, ...(abandoned ? { signal: abandoned } : {}), ...(secureContext ? { secureContext } : {}) };
    try {
      return super.connect(request, options);
    } finally {
      this.connectOpts = connectOpts;
    }
  }
}

/** Node's own authorities and these. */
function trusting(extra: readonly string[]): tls.SecureContext {
  return tls.createSecureContext({ ca: [...new Set([...(certificatesOf('default') ?? tls.rootCertificates), ...extra])] });
}

/** Known from Node 22.15 on: `default` is what Node itself would trust here, `system` what the machine does. */
function certificatesOf(store: 'default' | 'system'): readonly string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (store: string) => string[] };
  return getCACertificates?.(store);
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
