/** What Gemini CLI would be set to: its settings files and the `.env` file that it takes. Reads nothing itself. */
import type { Situation } from '../src/launch/wrapper.ts';
import { envPaths, readEnvFile } from './env-file.ts';
import type { Environment } from './environment.ts';
import { pathsOf } from './paths.ts';
import { readSettings, type Settings, textAt } from './settings-json.ts';

type Place = Pick<Situation, 'environment' | 'platform' | 'homeFolder' | 'workingFolder'>;

export interface GeminiSettings {
  /** Its process environment over the first `.env` file that it finds. */
  readonly effective: Environment;
  /** The way to sign in that it would take; undefined: it would ask. */
  readonly selected: string | undefined;
  /** Its way is the API key of the environment, and no settings say so. */
  readonly isByKeyAlone: boolean;
  readonly usesVertex: boolean;
  /** What the machine's administrator has put below all settings. */
  readonly machineDefaults: Settings;
}

/** Settings, the weakest first; then `.env` files, the first one that is there counts. */
export function settingsPaths(place: Place): readonly string[] {
  const { join } = pathsOf(place);
  const { defaults, system } = machinePaths(place);
  return [
    defaults,
    join(place.homeFolder, '.gemini', 'settings.json'),
    join(place.workingFolder, '.gemini', 'settings.json'),
    system,
    ...envPaths(place, '.gemini'),
  ];
}

export function readGeminiSettings(situation: Situation): GeminiSettings {
  const layers = situation.files.slice(0, 4).map(({ text }) => readSettings(text) ?? {});
  const env = situation.files.slice(4).find(({ text }) => text !== undefined)?.text;
  const effective = { ...readEnvFile(env ?? ''), ...situation.environment };
  const chosen = layers.reduce<string | undefined>((found, layer) => textAt(layer, 'security', 'auth', 'selectedType') ?? found, undefined);
  const selected = chosen ?? byEnvironment(effective);
  return {
    effective,
    selected,
    isByKeyAlone: chosen === undefined && selected === 'gemini-api-key',
    usesVertex: selected === 'vertex-ai',
    machineDefaults: layers[0] ?? {},
  };
}

/** In its own order. */
function byEnvironment(environment: Environment): string | undefined {
  if (environment.GOOGLE_GENAI_USE_GCA === 'true') return 'oauth-personal';
  if (environment.GOOGLE_GENAI_USE_VERTEXAI === 'true') return 'vertex-ai';
  if (environment.GOOGLE_GEMINI_BASE_URL) return 'gateway';
  if (environment.GEMINI_API_KEY) return 'gemini-api-key';
  return environment.CLOUD_SHELL === 'true' || environment.GEMINI_CLI_USE_COMPUTE_ADC === 'true'
    ? 'compute-default-credentials'
    : undefined;
}

function machinePaths(place: Place): { readonly defaults: string; readonly system: string } {
  const { join } = pathsOf(place);
  const { GEMINI_CLI_SYSTEM_DEFAULTS_PATH: defaults, GEMINI_CLI_SYSTEM_SETTINGS_PATH: system } = place.environment;
  const folders: Partial<Record<NodeJS.Platform, string>> = {
    darwin: '/Library/Application Support/GeminiCli',
    win32: String.raw`C:\ProgramData\gemini-cli`,
  };
  const folder = folders[place.platform] ?? '/etc/gemini-cli';
  const settings = system || join(folder, 'settings.json');
  return { system: settings, defaults: defaults || join(pathsOf(place).dirname(settings), 'system-defaults.json') };
}
