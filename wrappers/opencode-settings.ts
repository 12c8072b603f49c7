/** What opencode, or a relative of it, would be set to: its files in its order of precedence, its variable, its keys. Reads nothing itself. */
import type { Situation } from '../src/launch/wrapper.ts';
import { firstSet } from './addresses.ts';
import type { Breed } from './opencode-plan.ts';
import { pathsOf } from './paths.ts';
import { layOver, readSettings, type Settings, settingsAt, textAt } from './settings-json.ts';

type Place = Pick<Situation, 'environment' | 'platform' | 'homeFolder' | 'workingFolder' | 'projectFolder'>;

export interface BreedSettings {
  /** Every layer over the one below, ours not among them. */
  readonly effective: Settings;
  /** The value of the variable that holds settings. */
  readonly inVariable: Settings;
  /** How each provider is signed in to: `api`, `oauth`, `wellknown`. */
  readonly logins: Readonly<Record<string, string>>;
  /** Addresses and key variables of providers, by the list that opencode keeps in its cache. */
  readonly known: Readonly<Record<string, KnownProvider>>;
}

interface KnownProvider {
  readonly address: string | undefined;
  readonly keyVariables: readonly string[];
}

/** The weakest first; then the keys, and the list of providers. */
export function settingsPaths(place: Place, breed: Breed): readonly string[] {
  const { join, resolve } = pathsOf(place);
  const { config, data, cache } = folders(place, breed);
  const { [`${breed.variables}_CONFIG`]: chosen, [`${breed.variables}_CONFIG_DIR`]: chosenFolder } = place.environment;
  const files = (folder: string) => breed.names.flatMap((name) => [join(folder, `${name}.json`), join(folder, `${name}.jsonc`)]);
  const inProject = between(place).flatMap((folder) => [...files(folder), ...files(join(folder, `.${breed.command}`))]);
  return [
    ...files(config),
    ...(chosen ? [resolve(place.workingFolder, chosen)] : []),
    ...inProject,
    ...(chosenFolder ? files(resolve(place.workingFolder, chosenFolder)) : []),
    join(data, 'auth.json'),
    join(cache, 'models.json'),
  ];
}

export function readBreedSettings(situation: Pick<Situation, 'files' | 'environment'>, breed: Breed): BreedSettings {
  const layers = situation.files.slice(0, -2).map(({ text }) => readSettings(text) ?? {});
  const [auth, models] = situation.files.slice(-2).map(({ text }) => readSettings(text) ?? {});
  const inVariable = readSettings(situation.environment[`${breed.variables}_CONFIG_CONTENT`]) ?? {};
  const logins = Object.keys(auth ?? {}).map((id) => [id, textAt(auth, id, 'type') ?? ''] as const);
  const known = Object.keys(models ?? {}).map((id) => {
    const { env } = settingsAt(models, id);
    return [id, { address: textAt(models, id, 'api'), keyVariables: Array.isArray(env) ? env.map(String) : [] }] as const;
  });
  return {
    effective: [...layers, inVariable].reduce(layOver, {}),
    inVariable,
    logins: Object.fromEntries(logins),
    known: { ...Object.fromEntries(known), ...withKnownAddress(Object.fromEntries(known)) },
  };
}

/** Where SDKs go by themselves, and the keys they take: what the list, which holds no such address, leaves out. */
const usual: Readonly<Record<string, readonly [address: string, ...keyVariables: string[]]>> = {
  anthropic: ['https://api.anthropic.com/v1', 'ANTHROPIC_API_KEY'],
  openai: ['https://api.openai.com/v1', 'OPENAI_API_KEY'],
  google: ['https://generativelanguage.googleapis.com/v1beta', 'GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  openrouter: ['https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'],
  xai: ['https://api.x.ai/v1', 'XAI_API_KEY'],
  groq: ['https://api.groq.com/openai/v1', 'GROQ_API_KEY'],
  mistral: ['https://api.mistral.ai/v1', 'MISTRAL_API_KEY'],
  cerebras: ['https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'],
  deepseek: ['https://api.deepseek.com', 'DEEPSEEK_API_KEY'],
};

function withKnownAddress(known: BreedSettings['known']): BreedSettings['known'] {
  const entries = Object.entries(usual).map(([id, [address, ...keyVariables]]) => {
    const listed = known[id];
    return [id, { address: listed?.address ?? address, keyVariables: [...new Set([...keyVariables, ...(listed?.keyVariables ?? [])])] }];
  });
  return Object.fromEntries(entries) as BreedSettings['known'];
}

function folders({ platform, environment, homeFolder }: Place, { command }: Breed) {
  const { join } = pathsOf({ platform });
  const of = (variable: string, usualPlace: string) => join(firstSet(environment[variable]) ?? join(homeFolder, usualPlace), command);
  return { config: of('XDG_CONFIG_HOME', '.config'), data: of('XDG_DATA_HOME', '.local/share'), cache: of('XDG_CACHE_HOME', '.cache') };
}

/** From the project's root down to the working folder. */
function between(place: Place): readonly string[] {
  const { relative, join, sep } = pathsOf(place);
  const steps = relative(place.projectFolder, place.workingFolder).split(sep).filter(Boolean);
  if (steps[0] === '..') return [place.workingFolder];
  return [place.projectFolder, ...steps.map((_, at) => join(place.projectFolder, ...steps.slice(0, at + 1)))];
}
