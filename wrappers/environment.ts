/** What every wrapper needs to know about environment variables: truth, loopback and the user's network. Pure functions. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** As agents read their switches: `1`, `true`, `yes` and `on`, in any case. */
export function isSwitchedOn(value: string | undefined): boolean {
  return /^(?:1|true|yes|on)$/i.test(value?.trim() ?? '');
}

const loopbackHosts = ['127.0.0.1', 'localhost'];

/** Both spellings of NO_PROXY with loopback in them, over what is there: with a corporate proxy and no such entry agents never reach us. */
export function extendNoProxy(environment: Environment): { NO_PROXY: string; no_proxy: string } {
  const { NO_PROXY: upper, no_proxy: lower } = environment;
  return { NO_PROXY: withLoopback(upper || lower), no_proxy: withLoopback(lower || upper) };
}

/** Whether a NO_PROXY list keeps loopback traffic from a corporate proxy. */
export function sparesLoopback(list: string | undefined): boolean {
  return (list ?? '').split(/[\s,]+/).some((entry) => entry === '*' || entry === loopbackHosts[0]);
}

/** The variables that say how the agent reaches the network. */
export function networkOf(environment: Environment): Environment {
  return Object.fromEntries(networkNames.map((name) => [name, environment[name]]).filter(([, value]) => value !== undefined));
}

/** The first proxy that the environment names for anything. */
export function anyProxy(environment: Environment): string | undefined {
  return proxyNames.map((name) => environment[name]).find(Boolean);
}

const proxyNames = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];
const networkNames = [...proxyNames, 'no_proxy', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'];

function withLoopback(list: string | undefined): string {
  const entries = (list ?? '').split(/[\s,]+/).filter(Boolean);
  if (entries.includes('*')) return list ?? '';
  return [...entries, ...loopbackHosts.filter((host) => !entries.includes(host))].join(',');
}
