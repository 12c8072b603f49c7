/** What `headroom proxy` is to do, from its flags and the environment given: checked, and nothing done yet. A pure part. */
import { resolveWrapSettings, type SettingsFile } from '../config.ts';
import { Failure } from '../errors.ts';
import type { SessionSettings } from '../launch/launch.ts';
import { reachBy } from '../launch/network.ts';
import type { Recovery } from '../library/headroom.ts';
import { isLoopback } from '../proxy/open-door.ts';
import type { ProxySettings } from '../proxy/records.ts';
import { checkStore } from '../store/store-address.ts';
import type { ProxyFlags } from './proxy.ts';
import { readPort } from './read-port.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProxyChoice {
  readonly port: number;
  readonly host: string;
  readonly token: string | undefined;
  /** Undefined: clients may be anywhere and nobody said how they reach originals, so there are no excerpts. */
  readonly recovery: Recovery | undefined;
  /** The last part of the recovery's address. */
  readonly contentSecret: string | undefined;
  /** A Redis's address, with what opens it. */
  readonly sharedStore: string | undefined;
  readonly settings: SessionSettings;
  readonly refusesUpgrades: ProxySettings['refusesUpgrades'];
  readonly upstreams: Pick<ProxySettings, 'upstream' | 'upstreams'>;
}

/** A `Failure` for what cannot be meant. */
export function resolveProxySettings(flags: ProxyFlags, environment: Environment, file?: SettingsFile): ProxyChoice {
  const settings = resolveWrapSettings(flags, environment, file);
  const host = (flags.host ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1');
  const token = readToken(flags.token ?? (environment.HEADROOM_TOKEN || undefined));
  if (!isLoopback(host) && token === undefined) {
    const hint = 'Give them a token: HEADROOM_TOKEN=$(openssl rand -hex 16) headroom proxy --host ...';
    throw new Failure('token-needed', `--host ${host}: others than this machine could use the proxy, and nothing keeps them out`, hint);
  }
  const sharedStore = readStore(flags.sharedStore ?? (environment.HEADROOM_STORE || undefined), settings);
  const usual = sharedStore === undefined ? 'path' : 'command';
  const recovery = readRecovery(flags.recovery ?? (environment.HEADROOM_RECOVERY || undefined), isLoopback(host) ? usual : undefined);
  if (sharedStore !== undefined && recovery === 'path') {
    const hint = 'Ways that all replicas answer: command, tool, or https://HOST/KEY.';
    throw new Failure('contradiction', '--recovery path: another replica may have the file, not the one that is asked', hint);
  }
  return {
    port: readPort(flags.port ?? '8787'),
    host,
    token,
    recovery,
    contentSecret: typeof recovery === 'object' ? new URL(recovery.url).pathname.split('/').filter(Boolean).at(-1) : undefined,
    sharedStore,
    settings,
    refusesUpgrades: flags.httpOnly ? 'conversations' : false,
    upstreams: chooseUpstreams(settings, environment),
  };
}

/** Where requests go unless somebody says otherwise, by the family of APIs that their path names. */
const providers: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
  chatgpt: 'https://chatgpt.com',
  gemini: 'https://generativelanguage.googleapis.com',
  vertex: 'https://aiplatform.googleapis.com',
  codeassist: 'https://cloudcode-pa.googleapis.com',
};

/** One upstream for all sends everything there, but for the families that have one of their own. */
function chooseUpstreams({ upstream, upstreams }: SessionSettings, environment: Environment): ProxyChoice['upstreams'] {
  const usual = upstream === undefined ? { ...providers, ...bedrockOf(environment) } : {};
  return {
    upstream: upstream === undefined ? undefined : reachBy(environment, upstream),
    upstreams: Object.fromEntries(Object.entries({ ...usual, ...upstreams }).map(([family, url]) => [family, reachBy(environment, url)])),
  };
}

/** Its paths name no region. */
function bedrockOf({ AWS_REGION, AWS_DEFAULT_REGION }: Environment): Readonly<Record<string, string>> {
  const region = AWS_REGION || AWS_DEFAULT_REGION || '';
  return /^[a-z0-9-]+$/.test(region) ? { bedrock: `https://bedrock-runtime.${region}.amazonaws.com` } : {};
}

/** It stands in paths and headers, and nobody may guess it. */
const keyPattern = /^[\w.~-]{16,200}$/;

function readToken(token: string | undefined): string | undefined {
  if (token === undefined || keyPattern.test(token)) return token;
  throw new Failure('bad-token', 'The token is too short, or not made for a path', 'At least 16 letters, digits, `-`, `_`, `.` or `~`.');
}

function readStore(url: string | undefined, { isEphemeral }: SessionSettings): string | undefined {
  if (url === undefined) return undefined;
  if (!isEphemeral) return checkStore(url);
  throw new Failure('contradiction', '--ephemeral and --shared-store cannot go together', 'What is shared is kept for 30 days.');
}

function readRecovery(word: string | undefined, usual: Recovery | undefined): Recovery | undefined {
  if (word === undefined) return usual;
  if (word === 'path' || word === 'command' || word === 'tool') return word;
  const url = /^https?:\/\/[^\s"'<>[\]?#]+$/.test(word) && URL.canParse(word) ? new URL(word) : undefined;
  const key = url?.pathname.split('/').filter(Boolean).at(-1) ?? '';
  if (url && keyPattern.test(key)) return { url: word.replace(/\/+$/, '') };
  const hint = 'Ways: path, command, tool, or https://HOST/KEY with a key of at least 16 letters and digits.';
  throw new Failure(
    'bad-recovery',
    url ? '--recovery: the address has no key as its last part' : `--recovery: there is no way \`${word}\``,
    hint,
  );
}
