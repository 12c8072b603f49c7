/** What aider would be set to: its command line, `.env` files, `AIDER_*` variables and `.aider.conf.yml`, in its order of precedence. Reads nothing itself. */
import type { Situation } from '../src/launch/wrapper.ts';
import { readEnvFile } from './env-file.ts';
import type { Environment } from './environment.ts';
import { pathsOf } from './paths.ts';

type Place = Pick<Situation, 'args' | 'environment' | 'platform' | 'homeFolder' | 'workingFolder' | 'projectFolder'>;

export interface AiderSettings {
  /** What aider's own process comes to: its environment with every `.env` file over it, the last one strongest. */
  readonly effective: Environment;
  /** Variables that `.env` files set, and which therefore win over the process environment. */
  readonly setInFiles: ReadonlySet<string>;
  /** An option's value: command line, then variable, then configuration files; undefined where it is nowhere. */
  readonly option: (name: string) => string | undefined;
  /** A base URL that `set-env` sets, which comes after everything that a launcher can say. */
  readonly fixedBase: string | undefined;
  /** The user's own `--env-file`, where it can be read. */
  readonly ownEnvFile: string | undefined;
}

/** `.env` files, the weakest first, then configuration files, the weakest first. */
export function settingsPaths(place: Place): readonly string[] {
  const own = ownEnvFile(place);
  return [...envPaths(place), ...(own === undefined ? [] : [own]), ...configPaths(place)];
}

export function readAiderSettings(situation: Situation): AiderSettings {
  const textOf = (path: string | undefined) => situation.files.find((file) => file.path === path)?.text ?? '';
  const own = ownEnvFile(situation);
  const fromFiles: Record<string, string> = {};
  for (const path of [...envPaths(situation), ...(own === undefined ? [] : [own])]) {
    // A path that comes again counts where it stands last.
    Object.assign(fromFiles, readEnvFile(textOf(path)));
  }
  const effective = { ...situation.environment, ...fromFiles };
  const texts = configPaths(situation).map(textOf);
  const configs = texts.map(parseConfig);
  const lateWords = [...situation.args, effective.AIDER_SET_ENV ?? '', ...texts.flatMap((text) => text.split(/\r?\n/))];
  const option = (name: string) =>
    findOption(situation.args, name)?.value ??
    (effective[`AIDER_${name.toUpperCase().replaceAll('-', '_')}`] ||
      configs.reduce<string | undefined>((found, config) => config[name] ?? found, undefined));
  return {
    effective,
    setInFiles: new Set(Object.keys(fromFiles)),
    option,
    fixedBase: lateWords.map((word) => /^[^#]*?\b((?:OPENAI|ANTHROPIC)_(?:API_BASE|BASE_URL))\s*=/.exec(word)?.[1]).find(Boolean),
    ownEnvFile: own === undefined ? undefined : textOf(own),
  };
}

/** A long option in either spelling, the last one, and the arguments without any of it. */
export function findOption(
  args: readonly string[],
  name: string,
): { readonly value: string; readonly others: readonly string[] } | undefined {
  let value: string | undefined;
  const others: string[] = [];
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    if (index < end && word.startsWith(`--${name}=`)) value = word.slice(name.length + 3);
    else if (index + 1 < end && word === `--${name}`) value = args[++index];
    else others.push(word);
  }
  return value === undefined ? undefined : { value, others };
}

function ownEnvFile(place: Place): string | undefined {
  const { resolve } = pathsOf(place);
  const named = findOption(place.args, 'env-file')?.value ?? place.environment.AIDER_ENV_FILE;
  return named ? resolve(place.workingFolder, named) : undefined;
}

function envPaths(place: Place): readonly string[] {
  const { join } = pathsOf(place);
  return [place.homeFolder, place.projectFolder, place.workingFolder].map((folder) => join(folder, '.env'));
}

function configPaths(place: Place): readonly string[] {
  const { join, resolve } = pathsOf(place);
  const short = place.args.indexOf('-c');
  const chosen = findOption(place.args, 'config')?.value ?? (short < 0 ? undefined : place.args[short + 1]);
  const folders = [place.homeFolder, place.projectFolder, place.workingFolder];
  return [...folders.map((folder) => join(folder, '.aider.conf.yml')), ...(chosen ? [resolve(place.workingFolder, chosen)] : [])];
}

/** Single values at the top of a YAML file: that is all that is asked for here. */
function parseConfig(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, single, double, plain] = /^([a-z][a-z-]*):\s+(?:'(.*?)'|"(.*?)"|([^\s#'"|>[{&*][^#]*?))\s*(?:\s#.*)?$/.exec(line) ?? [];
    const value = single ?? double ?? plain;
    if (name && value !== undefined) found[name] = value;
  }
  return found;
}
