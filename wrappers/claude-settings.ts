/** Claude Code's settings: which files there are, in its order of precedence, and what environment they add up to. Reads nothing itself. */
import { win32 } from 'node:path';
import type { KnownFile, Situation } from '../src/launch/wrapper.ts';
import { findSettingsArgument, optionValue } from './claude-arguments.ts';
import type { Environment } from './environment.ts';
import { pathsOf } from './paths.ts';

type Place = Pick<Situation, 'args' | 'environment' | 'platform' | 'homeFolder' | 'workingFolder' | 'projectFolder'>;
type Json = Readonly<Record<string, unknown>>;

export interface ClaudeSettings {
  /** What the agent's own process would see: its environment with every settings file's `env` over it. */
  readonly effective: Environment;
  /** The part of it that an administrator has fixed: nothing of ours can stand over it. */
  readonly managed: Environment;
  readonly managedPath: string | undefined;
  /** The user's own `--settings`, where there is one that Claude can read. */
  readonly own: { readonly settings: Json; readonly folder: string | undefined } | undefined;
  /** Variables that a settings file sets, and which therefore win over the process environment. */
  readonly setInFiles: ReadonlySet<string>;
}

/** Every file that can set a variable, the strongest first: managed, `--settings`, local, project, user, global. */
export function settingsPaths(place: Place): readonly string[] {
  const { join, resolve } = pathsOf(place);
  const configFolder = resolve(place.workingFolder, place.environment.CLAUDE_CONFIG_DIR || join(place.homeFolder, '.claude'));
  const globalFolder = place.environment.CLAUDE_CONFIG_DIR ? configFolder : place.homeFolder;
  const argument = findSettingsArgument(place.args);
  const ownFile = argument?.value && !looksLikeJson(argument.value) ? [resolve(place.workingFolder, argument.value)] : [];
  const sources = settingSources(place.args);
  const local = join('.claude', 'settings.local.json');
  return [
    ...managedPaths(place, configFolder),
    ...ownFile,
    // Current versions read the local file at the project's root first, then the one beside the user; older ones only the latter.
    ...(sources.has('local') ? unique([join(place.projectFolder, local), join(place.workingFolder, local)]) : []),
    ...(sources.has('project') ? [join(place.workingFolder, '.claude', 'settings.json')] : []),
    ...(sources.has('user') ? [join(configFolder, 'settings.json')] : []),
    join(globalFolder, '.claude.json'),
  ];
}

/** Sums up what the files say; a file that does not parse counts for nothing, as it does for Claude. */
export function readClaudeSettings(situation: Situation): ClaudeSettings {
  const { resolve, dirname } = pathsOf(situation);
  const argument = findSettingsArgument(situation.args);
  const ownPath = argument?.value && !looksLikeJson(argument.value) ? resolve(situation.workingFolder, argument.value) : undefined;
  const isManaged = (file: KnownFile) => isManagedPath(situation, file.path);
  const managedFiles = situation.files.filter(isManaged);
  const ownJson = argument && parseSettings(ownPath ? textOf(situation.files, ownPath) : argument.value);
  const managedEnvs = managedFiles.map((file) => readEnvironment(file.text));
  const others = situation.files.filter((file) => !isManaged(file) && file.path !== ownPath).map((file) => readEnvironment(file.text));
  // Strongest last from here on. Among managed files the later one wins, among the others the earlier one.
  const managed = Object.assign({}, ...managedEnvs) as Environment;
  const fromFiles = Object.assign({}, ...others.reverse(), environmentOf(ownJson), managed) as Environment;
  return {
    effective: { ...situation.environment, ...fromFiles },
    managed,
    managedPath: managedFiles.findLast((file) => file.text !== undefined)?.path,
    own: ownJson && hasUsableEnvironment(ownJson) ? { settings: ownJson, folder: ownPath && dirname(ownPath) } : undefined,
    setInFiles: new Set(Object.keys(fromFiles)),
  };
}

/** Parses as Claude does: strict JSON, a byte order mark allowed, an object at the top. */
function parseSettings(text: string | undefined): Json | undefined {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The value of `--settings` is JSON text where it looks like an object, a path otherwise. */
function looksLikeJson(value: string): boolean {
  const text = value.trim();
  return text.startsWith('{') && text.endsWith('}');
}

// The global file holds histories and can be large: it is parsed only if it can matter.
function readEnvironment(text: string | undefined): Environment {
  return text?.includes('"env"') ? environmentOf(parseSettings(text)) : {};
}

/** Claude turns numbers and truth values into text, and drops a file whose `env` holds anything else. */
function environmentOf(settings: Json | undefined): Environment {
  if (!settings || !isRecord(settings.env) || !hasUsableEnvironment(settings)) return {};
  return Object.fromEntries(Object.entries(settings.env).map(([name, value]) => [name, String(value)]));
}

function hasUsableEnvironment({ env }: Json): boolean {
  return (
    env === undefined || (isRecord(env) && Object.values(env).every((value) => ['string', 'number', 'boolean'].includes(typeof value)))
  );
}

function managedPaths({ platform, environment }: Place, configFolder: string): readonly string[] {
  const { join } = pathsOf({ platform });
  const folder = managedFolder(platform, environment);
  // What the administrator's console delivered is kept beside the user's settings.
  return [join(folder, 'managed-settings.json'), join(folder, 'managed-settings.d', '*.json'), join(configFolder, 'remote-settings.json')];
}

function isManagedPath({ platform, environment }: Place, path: string): boolean {
  const { join, basename } = pathsOf({ platform });
  return path.startsWith(join(managedFolder(platform, environment), 'managed-settings')) || basename(path) === 'remote-settings.json';
}

function managedFolder(platform: NodeJS.Platform, environment: Environment): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode';
  if (platform === 'win32') return win32.join(environment.ProgramFiles || 'C:\\Program Files', 'ClaudeCode');
  return '/etc/claude-code';
}

function settingSources(args: readonly string[]): ReadonlySet<string> {
  if (args.includes('--restricted')) return new Set();
  const chosen = optionValue(args, '--setting-sources');
  return new Set(chosen === undefined ? ['local', 'project', 'user'] : chosen.split(',').map((source) => source.trim()));
}

function textOf(files: readonly KnownFile[], path: string): string | undefined {
  return files.find((file) => file.path === path)?.text;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)];
}
