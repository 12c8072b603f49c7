/** Settings of a proxy on loopback. */
import type { ProxySettings } from '../../src/proxy/records.ts';

export const secret = '0123456789abcdef0123456789abcdef';

export function settingsFor(upstream: string, changes: Partial<ProxySettings> = {}): ProxySettings {
  return {
    port: 0,
    secret,
    upstream: { url: upstream, proxyUrl: undefined, caFiles: [] },
    mode: 'shrink',
    profile: 'lossless',
    version: 'test',
    skips: [],
    ...changes,
  };
}
