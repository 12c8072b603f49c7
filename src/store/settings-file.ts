/** The user's settings on disk, one JSON object; what its keys mean is not known here. For one person's changes by hand, never for counters. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from '../errors.ts';

export interface SettingsRead {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** What a person must be told: a damaged file was moved aside. */
  readonly warning: string | undefined;
}

/** Where it is, or would be. */
export function settingsPath(configFolder: string): string {
  return join(configFolder, `${fileName}.json`);
}

/** Makes nothing, and loads nothing where there is no file: that is almost every launch. */
export async function readSettings(configFolder: string): Promise<SettingsRead> {
  const path = settingsPath(configFolder);
  if (!existsSync(path)) return { path, values: {}, warning: undefined };
  const { values, warning } = await openSettings(configFolder);
  return { path, values, warning };
}

/** `undefined` takes the key away. Everything else in the file stays. Returns what a person must be told. */
export async function changeSetting(configFolder: string, key: string, value: unknown): Promise<string | undefined> {
  const path = settingsPath(configFolder);
  if (value === undefined && !existsSync(path)) return undefined;
  try {
    mkdirSync(configFolder, { recursive: true, mode: 0o700 });
    const { store, warning, isInTheWay } = await openSettings(configFolder);
    if (isInTheWay) throw new Failure('settings-damaged', warning ?? '', 'Mend it, or delete it.');
    if (value === undefined) store.delete(key);
    else store.set(key, value);
    return warning;
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('settings-not-writable', `Cannot write ${path}: ${messageOf(thrown)}`, 'Nothing was changed.');
  }
}

const fileName = 'config';

/** The settings, a damaged file of them that was moved aside, or what a killed process was writing. */
export function isSettingsFile(name: string): boolean {
  return /^config\.json(?:\.corrupt-\d+|\.tmp-[\da-f]+)?$/.test(name);
}

async function openSettings(cwd: string) {
  const { default: Conf } = await import('conf');
  const path = settingsPath(cwd);
  let isDamaged = false;
  // It would throw on a damaged file; so it is told of an empty one.
  const deserialize = (text: string): Record<string, unknown> => {
    const values = parseObject(text);
    isDamaged = values === undefined;
    return values ?? {};
  };
  const options = {
    cwd,
    configName: fileName,
    projectSuffix: '',
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    deserialize,
  };
  try {
    const store = new Conf<Record<string, unknown>>(options);
    const values = { ...store.store };
    const warning = isDamaged ? moveAside(path) : undefined;
    return { store, values, warning, isInTheWay: isDamaged && existsSync(path) };
  } catch (thrown) {
    throw new Failure('settings-unreadable', `Cannot read ${path}: ${messageOf(thrown)}`, 'Mend it, or move it away.');
  }
}

/** Undefined for anything but one JSON object; a file with nothing in it says nothing. */
function parseObject(text: string): Record<string, unknown> | undefined {
  // Some editors put a mark at the beginning.
  const plain = text.replace(/^\uFEFF/, '');
  if (!plain.trim()) return {};
  try {
    const value: unknown = JSON.parse(plain);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Under a name that is free: what was in it may be worth mending. */
function moveAside(path: string): string {
  let count = 1;
  while (existsSync(`${path}.corrupt-${count}`)) count++;
  const aside = `${path}.corrupt-${count}`;
  try {
    renameSync(path, aside);
    return `${path} was damaged: it is now ${fileName}.json.corrupt-${count}, and defaults count`;
  } catch (thrown) {
    // Another launch was quicker.
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return `${path} was damaged and has been moved aside: defaults count`;
    return `${path} is damaged and cannot be moved aside (${messageOf(thrown)}): defaults count`;
  }
}
