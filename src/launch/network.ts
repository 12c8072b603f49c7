/** How a URL is reached, by the environment given: through which corporate proxy, if any, and trusting whom. Pure functions. */
import type { Upstream } from '../proxy/records.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** This URL as an upstream. */
export function reachBy(network: Environment, url: string): Upstream {
  return { url, proxyUrl: chooseProxy(url, network), caFiles: network.NODE_EXTRA_CA_CERTS ? [network.NODE_EXTRA_CA_CERTS] : [] };
}

/**
 * The proxy's URL, or undefined for a direct connection. Lower case wins over upper case, HTTPS_PROXY over HTTP_PROXY over ALL_PROXY.
 * Loopback is always direct: a gateway on this machine is not to be found from anywhere else.
 */
export function chooseProxy(url: string, network: Environment): string | undefined {
  const read = (name: string) => network[name] || network[name.toUpperCase()] || undefined;
  const target = new URL(url);
  const named = read('https_proxy') ?? read('http_proxy') ?? read('all_proxy');
  if (named === undefined || isSpared(target, read('no_proxy') ?? '')) return undefined;
  const proxy = named.includes('://') ? named : `http://${named}`;
  // A SOCKS proxy or a typing error: a direct attempt says more than a crash.
  return URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol) ? proxy : undefined;
}

/** `*`, a host, `.suffix`, `*.suffix` or `host:port`; a bare name covers what is below it. */
function isSpared(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host)) return true;
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', entryPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(/^[^[].*:.*:/.test(entry) ? `[${entry}]` : entry) ?? [];
      if (entryPort && entryPort !== port) return false;
      const suffix = name.replace(/^\*?\./, '');
      return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
    });
}
