/** `headroom config`: shows each setting with where it came from, and changes the settings file. */
import { Command } from 'commander';
import { type Chosen, checkValue, chooseValue, keyOf, type OptionName, type SettingsFile, wrapOptions } from '../config.ts';
import { Failure } from '../errors.ts';
import { say } from '../launch/say.ts';
import { changeSetting, settingsPath } from '../store/settings-file.ts';
import { ownPlaces } from './own-places.ts';
import { describeUnknown, findSetting, loadSettings, settingNames } from './settings.ts';

const help = `
Alone: every setting, its value and where it came from.
  get <key>               the value in force
  set <key> <value...>    keep it in the file
  unset <key>             take it out of the file
  path                    where the file is

Settings:
${settingNames.map((name) => `  ${keyOf(name).padEnd(10)} ${wrapOptions[name].description.split(';')[0]}`).join('\n')}
A variable wins over the file, and an option of wrap over both.

Examples:
  headroom config set profile lossless
  headroom config set upstream https://gateway.example openai=http://10.0.0.2
  HEADROOM_QUIET=0 headroom wrap claude      the file aside, for one launch`;

export function createConfigCommand(): Command {
  return new Command('config')
    .description('show and change the settings of every launch')
    .usage('[options] [get|set|unset|path] [key] [value...]')
    .argument('[words...]')
    .helpOption('-h, --help', 'print this page')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(config);
}

async function config([action, ...words]: readonly string[], { json: asJson = false }: { readonly json?: boolean }): Promise<void> {
  if (action === undefined) return list(asJson);
  const run = Object.hasOwn(actions, action) ? actions[action as keyof typeof actions] : undefined;
  if (!run) throw new Failure('unknown-action', `There is no \`config ${action}\``, 'Actions: get, set, unset, path.');
  await run(words, asJson);
}

const actions = { get, set, unset, path };

/** A setting as it is printed. */
interface Setting {
  readonly key: string;
  readonly value: boolean | string | readonly string[];
  readonly source: Chosen['source'];
  /** The environment variable it came from. */
  readonly variable?: string;
}

async function list(asJson: boolean): Promise<void> {
  const file = await load();
  const settings = settingNames.map((name) => describe(name, file));
  if (asJson) return printJson({ file: file.path, settings });
  const rows = settings.map(({ key, value, source, variable }) => [key, words(value).join(' ') || '(none)', variable ?? source] as const);
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length)) + 2;
  const [first, second] = [width(0), width(1)];
  for (const [key, value, source] of rows) print(key.padEnd(first) + value.padEnd(second) + source);
  print(`\nfile: ${file.path}`);
}

async function get([key, ...rest]: readonly string[], asJson: boolean): Promise<void> {
  const name = findSetting(oneKey('get', key, rest));
  const setting = describe(name, await load());
  if (asJson) return printJson(setting);
  for (const word of words(setting.value)) print(word);
}

const exampleValues: Partial<Record<OptionName, string>> = {
  profile: 'lossless',
  upstream: 'https://api.anthropic.com',
  price: 'my-model=input:3,output:15',
};

async function set([key, ...values]: readonly string[], asJson: boolean): Promise<void> {
  const name = findSetting(oneKey('set', key, []));
  const isList = 'repeats' in wrapOptions[name];
  const example = `Example: headroom config set ${key} ${exampleValues[name] ?? 'true'}`;
  if (values.length === 0 || values.some((value) => !value.trim())) throw new Failure('no-value', `${key}: which value?`, example);
  if (values.length > 1 && !isList) throw new Failure('too-many-values', `${key} takes one value`, example);
  const given = { value: isList ? values : values[0]?.trim(), source: 'file', origin: keyOf(name) } as const;
  await change(name, checkValue(name, given), asJson);
}

async function unset([key, ...rest]: readonly string[], asJson: boolean): Promise<void> {
  const word = oneKey('unset', key, rest);
  const file = await loadSettings();
  const name = Object.hasOwn(file.values, word) ? settingNames.find((each) => keyOf(each) === word) : findSetting(word);
  if (name) return change(name, undefined, asJson);
  // Nothing of ours, but it can go the same way.
  await changeSetting(ownPlaces().configFolder, word, undefined);
}

function path(rest: readonly string[], asJson: boolean): void {
  if (rest.length > 0) throw new Failure('too-many-words', '`config path` takes no more words', 'Example: headroom config path');
  const path = settingsPath(ownPlaces().configFolder);
  if (asJson) printJson({ file: path });
  else print(path);
}

async function change(name: OptionName, value: unknown, asJson: boolean): Promise<void> {
  const warning = await changeSetting(ownPlaces().configFolder, keyOf(name), value);
  if (warning) say(`headroom: ${warning}`);
  const setting = describe(name, await loadSettings());
  if (asJson) printJson(setting);
  else print(`${setting.key}: ${words(setting.value).join(' ') || '(none)'}`);
  if (setting.variable) say(`headroom: ${setting.variable} is set and wins over the file`);
}

/** With a line for each key that does nothing. */
async function load(): Promise<SettingsFile> {
  const file = await loadSettings();
  for (const line of describeUnknown(file)) say(line);
  return file;
}

function describe(name: OptionName, file: SettingsFile): Setting {
  const chosen = chooseValue(name, {}, process.env, file);
  const { source, origin } = chosen;
  const setting = { key: keyOf(name), value: checkValue(name, chosen) ?? [], source };
  return source === 'environment' ? { ...setting, variable: origin } : setting;
}

function words(value: Setting['value']): readonly string[] {
  return Array.isArray(value) ? value : [String(value)];
}

function oneKey(action: string, key: string | undefined, rest: readonly string[]): string {
  const keys = `Settings: ${settingNames.map(keyOf).join(', ')}.`;
  if (key === undefined) throw new Failure('no-setting', `config ${action}: which setting?`, keys);
  if (rest.length > 0) throw new Failure('too-many-words', `config ${action} takes one setting`, keys);
  return key;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}
