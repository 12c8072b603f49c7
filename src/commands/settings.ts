/** The settings file as commands meet it: where it is, what it holds, and what a person must be told about it. */
import { chooseValue, keyOf, type OptionName, readPrices, type SettingsFile, wrapOptions } from '../config.ts';
import { Failure } from '../errors.ts';
import { say } from '../launch/say.ts';
import { readSettings } from '../store/settings-file.ts';
import type { OwnPrices } from '../tokens/prices.ts';
import { ownPlaces } from './own-places.ts';

const optionNames = Object.keys(wrapOptions) as readonly OptionName[];

/** What the settings file may hold, in the order that help shows it. */
export const settingNames = optionNames.filter((name) => 'isKept' in wrapOptions[name]);

/** A damaged file is told of at once; keys that mean nothing are for the caller to tell. */
export async function loadSettings(): Promise<SettingsFile> {
  const { warning, ...file } = await readSettings(ownPlaces().configFolder);
  if (warning) say(`headroom: ${warning}`);
  return file;
}

/** What the user says that models cost, by environment or file. */
export async function readOwnPrices(): Promise<OwnPrices> {
  return readPrices(chooseValue('price', {}, process.env, await loadSettings()));
}

/** One line for each key that does nothing: it may come from a later version, so it is no mistake that stops a launch. */
export function describeUnknown({ path, values }: SettingsFile): readonly string[] {
  const unknown = Object.keys(values).filter((key) => !settingNames.some((name) => keyOf(name) === key));
  return unknown.map((key) => `headroom: ${path}: ${whyUnknown(key)}; it does nothing here`);
}

/** A `Failure` that names what there is. */
export function findSetting(key: string): OptionName {
  const name = settingNames.find((each) => keyOf(each) === key);
  if (name) return name;
  throw new Failure('unknown-setting', whyUnknown(key), `Settings: ${settingNames.map(keyOf).join(', ')}.`);
}

function whyUnknown(key: string): string {
  return optionNames.some((name) => keyOf(name) === key) ? `\`${key}\` is for one launch` : `\`${key}\` is no setting`;
}
