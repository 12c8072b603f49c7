/** Any agent behind a corporate proxy: it reaches us directly, and we reach the upstream through the proxy. */
import type { Script } from '../../src/demo/upstream-script.ts';
import { startConnectProxy } from '../../test/helpers/loopback-connect.ts';
import type { Checks } from './checks.ts';
import type { Finished } from './processes.ts';

/** A wrapped visit's options. */
export interface CorporateVisit {
  readonly script: Script;
  readonly environment: Readonly<Record<string, string>>;
  /** The upstream under a name that only the proxy knows. */
  readonly addressOf: (url: string) => string;
}

const script: Script = { steps: [{ calls: [{ shell: 'ls', description: 'Look around' }] }, { text: 'Seen.' }] };

/** With HTTPS_PROXY and HTTP_PROXY set and no NO_PROXY. `visit` tells how many turns upstream played. */
export async function checkCorporate(
  checks: Checks,
  visit: (options: CorporateVisit) => Promise<{ readonly turns: number; readonly finished: Finished }>,
  wanted = script.steps.length,
): Promise<void> {
  console.log(' behind a corporate proxy');
  const proxy = await startConnectProxy('200 OK', undefined, { 'model.corp.example': '127.0.0.1' });
  try {
    const url = `http://127.0.0.1:${proxy.port}`;
    const environment = { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url, NO_PROXY: '', no_proxy: '' };
    const addressOf = (address: string) => address.replace('127.0.0.1', 'model.corp.example');
    const { turns, finished } = await visit({ script, environment, addressOf });
    checks.check('behind it, the tour ends', turns === wanted && finished.code === 0, `${turns}\n${finished.stderr.slice(-1500)}`);
    const asked = proxy.asked.filter((host) => host.startsWith('model.corp.example:'));
    checks.check('the upstream is reached through it', asked.length > 0, `${proxy.asked}`);
    const loopback = proxy.asked.filter((host) => /^(?:127\.|localhost)/.test(host));
    checks.check('and nothing on this machine is', loopback.length === 0, `${loopback}`);
  } finally {
    await proxy.close();
  }
}
