/** Codex's settings: which files there are, in its order of precedence, and what they and `-c` add up to. Reads nothing itself. */
import { win32 } from 'node:path';
import { parse } from 'smol-toml';
import type { KnownFile, Situation } from '../src/launch/wrapper.ts';
import { type CodexArguments, type Override, readArguments } from './codex-arguments.ts';
import { pathsOf } from './paths.ts';

type Place = Pick<Situation, 'args' | 'environment' | 'platform' | 'homeFolder' | 'workingFolder'>;
export type Table = Readonly<Record<string, unknown>>;

/** How Codex has signed in, which decides where it would send its requests. */
type Login = 'api' | 'chatgpt' | undefined;

export interface CodexSettings {
  /** Every layer over the one below: the machine's file, the user's, the profile's, `-c`. */
  readonly effective: Table;
  /** What an administrator's file fixes: `-c` cannot stand over it. */
  readonly managed: Table;
  readonly managedPath: string | undefined;
  readonly login: Login;
  /** A file that Codex reads and that is no TOML: Codex will say so and end. */
  readonly unreadable: string | undefined;
}

/** The weakest first; then the managed one, and who is signed in. A project's own file cannot set what matters here. */
export function settingsPaths(place: Place): readonly string[] {
  const { join } = pathsOf(place);
  const { system, managed, folder } = places(place);
  const { profile } = readArguments(place.args);
  return [
    join(system, 'config.toml'),
    join(folder, 'config.toml'),
    ...(profile && /^[\w-]+$/.test(profile) ? [join(folder, `${profile}.config.toml`)] : []),
    managed,
    join(folder, 'auth.json'),
  ];
}

export function readCodexSettings(situation: Situation, args: CodexArguments, isExec: boolean): CodexSettings {
  const { managed: managedPath } = places(situation);
  const read = situation.files.filter(({ path }) => path.endsWith('.toml')).map((file) => ({ ...file, table: readToml(file) }));
  const layers = read.filter(({ path }) => path !== managedPath).map(({ table }) => table ?? {});
  const effective = [...layers, ...args.overrides.map(tableOf)].reduce(merge, {});
  const auth = situation.files.find(({ path }) => path.endsWith('auth.json'))?.text;
  return {
    effective,
    managed: read.find(({ path }) => path === managedPath)?.table ?? {},
    managedPath,
    login: readLogin(auth, effective, situation.environment, isExec),
    unreadable: read.find(({ table }) => table === undefined)?.path,
  };
}

/** The table below a name, empty where there is none. */
export function tableAt(table: Table, name: string): Table {
  const value = Object.hasOwn(table, name) ? table[name] : undefined;
  return isTable(value) ? value : {};
}

export function textAt(table: Table, name: string): string | undefined {
  const value = Object.hasOwn(table, name) ? table[name] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function places({ platform, environment, homeFolder, workingFolder }: Place) {
  const { join, resolve } = pathsOf({ platform });
  const folder = resolve(workingFolder, environment.CODEX_HOME || join(homeFolder, '.codex'));
  const system = platform === 'win32' ? win32.join(environment.ProgramData || 'C:\\ProgramData', 'OpenAI', 'Codex') : '/etc/codex';
  return { folder, system, managed: join(platform === 'win32' ? folder : system, 'managed_config.toml') };
}

// Empty where there is no file; undefined where it does not parse.
function readToml({ text }: KnownFile): Table | undefined {
  try {
    return text === undefined ? {} : parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** `a.b=value` as the table that Codex makes of it: cut at every dot, and a value that is no TOML is a string. */
function tableOf({ key, value }: Override): Table {
  return key.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), readValue(value)) as Table;
}

function readValue(text: string): unknown {
  try {
    return parse(`value = ${text}`).value;
  } catch {
    return text.replace(/^["']|["']$/g, '');
  }
}

function merge(below: Table, above: Table): Table {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const known = Object.hasOwn(merged, name) ? merged[name] : undefined;
    const next = isTable(known) && isTable(value) ? merge(known, value) : value;
    Object.defineProperty(merged, name, { value: next, enumerable: true, writable: true, configurable: true });
  }
  return merged;
}

function readLogin(auth: string | undefined, settings: Table, environment: Situation['environment'], isExec: boolean): Login {
  if (isExec && environment.CODEX_API_KEY?.trim()) return 'api';
  if (environment.CODEX_ACCESS_TOKEN?.trim()) return 'chatgpt';
  const kept = readAuth(auth);
  if (kept) return textAt(kept, 'auth_mode') === 'apikey' || (!('auth_mode' in kept) && textAt(kept, 'OPENAI_API_KEY')) ? 'api' : 'chatgpt';
  // In the system's keyring nobody but Codex can look; most people who keep a login there have a ChatGPT account.
  const store = textAt(settings, 'cli_auth_credentials_store') ?? 'file';
  if (store === 'file') return undefined;
  return textAt(settings, 'forced_login_method') === 'api' ? 'api' : 'chatgpt';
}

function readAuth(text: string | undefined): Table | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isTable(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
