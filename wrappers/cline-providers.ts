/** Cline's own file of providers with our address in each that it has a key for. Pure functions. */
import { isPlainAddress, splitAddress } from './addresses.ts';
import { isSettings, readSettings, type Settings, settingsAt, textAt } from './settings-json.ts';

export interface LedProviders {
  readonly text: string;
  /** Base URLs by the provider's name. */
  readonly upstreams: Readonly<Record<string, string>>;
}

/** Those of its providers that have one address for all their models. */
const usual: Readonly<Record<string, string | undefined>> = {
  anthropic: 'https://api.anthropic.com/v1',
  'openai-native': 'https://api.openai.com/v1',
  'openai-compatible': 'https://api.openai.com/v1',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  openrouter: 'https://openrouter.ai/api/v1',
  xai: 'https://api.x.ai/v1',
  groq: 'https://api.groq.com/openai/v1',
  mistral: 'https://api.mistral.ai/v1',
  cerebras: 'https://api.cerebras.ai/v1',
  deepseek: 'https://api.deepseek.com/v1',
};

/** The provider that this launch would ask. */
export function providerAsked(text: string | undefined, named: string | undefined): string {
  return named ?? textAt(readSettings(text), 'lastUsedProvider') ?? 'cline';
}

/**
 * Undefined where the one asked cannot be led. Accounts are left out: a token that is renewed in a copy is lost to the user.
 */
export function leadProviders(text: string | undefined, asked: string, proxyAddress: string): LedProviders | undefined {
  const own = readSettings(text) ?? { version: 1, modes: {} };
  const known = settingsAt(own, 'providers');
  // A key may stand in the environment or on the command line alone.
  const names = [...new Set([...Object.keys(known), asked])];
  const upstreams: Record<string, string> = {};
  const providers: Record<string, unknown> = {};
  for (const name of names) {
    const entry = settingsAt(known, name);
    if (isAccount(entry)) continue;
    const address = addressOf(name, textAt(entry, 'settings', 'baseUrl'));
    if (address === undefined) {
      if (name in known) providers[name] = known[name];
      continue;
    }
    const { upstream, tail } = splitAddress(address, ['/v1beta', '/v1']);
    upstreams[name] = upstream;
    const settings = { provider: name, ...settingsAt(entry, 'settings'), baseUrl: `${proxyAddress}/@${name}${tail}` };
    providers[name] = { updatedAt: '1970-01-01T00:00:00.000Z', tokenSource: 'manual', ...entry, settings };
  }
  if (!(asked in upstreams)) return undefined;
  return { text: `${JSON.stringify({ ...own, lastUsedProvider: asked, providers }, undefined, 2)}\n`, upstreams };
}

function addressOf(name: string, chosen: string | undefined): string | undefined {
  const address = chosen ?? usual[name];
  if (address === undefined || !isPlainAddress(address) || !/^[\w.-]+$/.test(name)) return undefined;
  // Anthropic's own without its version is completed, any other is taken as it stands.
  return /^https:\/\/api\.anthropic\.com\/?$/.test(address.trim()) ? usual.anthropic : address;
}

function isAccount(entry: Settings): boolean {
  return entry.tokenSource === 'oauth' || isSettings(settingsAt(entry, 'settings').auth);
}
