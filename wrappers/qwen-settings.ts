/** What Qwen Code would be set to: its settings files, its `.env` file and its command line. Reads nothing itself. */
import type { Situation } from '../src/launch/wrapper.ts';
import { envPaths, readEnvFile } from './env-file.ts';
import type { Environment } from './environment.ts';
import { takeOption } from './options.ts';
import { pathsOf } from './paths.ts';
import { isSettings, readSettings, type Settings, settingsAt, textAt } from './settings-json.ts';

type Place = Pick<Situation, 'environment' | 'platform' | 'homeFolder' | 'workingFolder'>;

export interface QwenSettings {
  /** Its process environment over the first `.env` file that it finds. */
  readonly effective: Environment;
  /** The way to sign in: `openai`, `anthropic`, ...; undefined: it would ask. */
  readonly way: string | undefined;
  /** `--openai-base-url`, and the arguments without it. */
  readonly ownAddress: string | undefined;
  readonly others: readonly string[];
  /** The address that settings give to all models. */
  readonly inSettings: string | undefined;
  /** `modelProviders`, which win over everything, and the addresses in those of this way. */
  readonly providers: Settings;
  readonly ofModels: readonly string[];
  /** The machine's settings above all others. */
  readonly machine: Settings;
}

const settingsFiles = 4;

/** Settings, the weakest first; then `.env` files, the first one that is there counts. */
export function settingsPaths(place: Place): readonly string[] {
  const { join, dirname } = pathsOf(place);
  const home = place.environment.QWEN_HOME || join(place.homeFolder, '.qwen');
  const folders: Partial<Record<NodeJS.Platform, string>> = {
    darwin: '/Library/Application Support/QwenCode',
    win32: String.raw`C:\ProgramData\qwen-code`,
  };
  const machine = place.environment.QWEN_CODE_SYSTEM_SETTINGS_PATH || join(folders[place.platform] ?? '/etc/qwen-code', 'settings.json');
  const defaults = place.environment.QWEN_CODE_SYSTEM_DEFAULTS_PATH || join(dirname(machine), 'system-defaults.json');
  const files = [defaults, join(home, 'settings.json'), join(place.workingFolder, '.qwen', 'settings.json'), machine];
  return [...files, ...envPaths(place, '.qwen')];
}

export function readQwenSettings(situation: Situation): QwenSettings {
  const layers = situation.files.slice(0, settingsFiles).map(({ text }) => readSettings(text) ?? {});
  const env = situation.files.slice(settingsFiles).find(({ text }) => text !== undefined)?.text;
  const inFiles = layers.reduce<Record<string, string>>((all, layer) => Object.assign(all, textsOf(settingsAt(layer, 'env'))), {});
  const effective = { ...inFiles, ...readEnvFile(env ?? ''), ...situation.environment };
  const last = (...names: string[]) => layers.reduce<string | undefined>((found, layer) => textAt(layer, ...names) ?? found, undefined);
  const way = takeOption(situation.args, '--auth-type').value ?? last('security', 'auth', 'selectedType') ?? byEnvironment(effective);
  const { value: ownAddress, others } = takeOption(situation.args, '--openai-base-url');
  // The last file that has any replaces those of all others.
  const providers = layers.reduce<Settings>(
    (found, layer) => ('modelProviders' in layer ? settingsAt(layer, 'modelProviders') : found),
    {},
  );
  const models = providers[way ?? ''];
  return {
    ...{ effective, way, ownAddress, others, providers },
    inSettings: last('security', 'auth', 'baseUrl'),
    ofModels: Array.isArray(models) ? models.flatMap((model) => (isSettings(model) ? (textAt(model, 'baseUrl') ?? []) : [])) : [],
    machine: layers[settingsFiles - 1] ?? {},
  };
}

/** In its own order. */
function byEnvironment(environment: Environment): string | undefined {
  const has = (...names: string[]) => names.every((name) => environment[name]);
  if (has('QWEN_OAUTH')) return 'qwen-oauth';
  if (has('OPENAI_API_KEY', 'OPENAI_BASE_URL') && (has('OPENAI_MODEL') || has('QWEN_MODEL'))) return 'openai';
  if (has('GEMINI_API_KEY', 'GEMINI_MODEL')) return 'gemini';
  if (has('GOOGLE_MODEL') && (has('GOOGLE_API_KEY') || has('GOOGLE_CLOUD_PROJECT'))) return 'vertex-ai';
  return has('ANTHROPIC_API_KEY', 'ANTHROPIC_MODEL', 'ANTHROPIC_BASE_URL') ? 'anthropic' : undefined;
}

function textsOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
