/** What the doctor sees of our own folders: how big they are, who can read them, whether they can be written; and of the settings. */
import { accessSync, constants, existsSync, readFileSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveWrapSettings } from '../config.ts';
import { messageOf } from '../errors.ts';
import type { Surroundings } from '../launch/launch.ts';
import { listOwnFiles } from '../launch/own-files.ts';
import { findIdleLaunches } from '../launch/private-folder.ts';
import { listNames } from '../store/list-names.ts';
import { findPlaces } from '../store/place.ts';
import { settingsPath } from '../store/settings-file.ts';
import { sayBytes, sayCount } from '../text/say-amount.ts';
import { type Finding, findingOf } from './doctor.ts';
import { describeUnknown } from './settings.ts';

type Place = Pick<Surroundings, 'platform' | 'environment' | 'homeFolder'>;

export async function checkFolders({ platform, environment, homeFolder }: Place): Promise<readonly Finding[]> {
  const places = findPlaces(platform, environment, homeFolder);
  const { cacheFolder } = places;
  const { dead } = await findIdleLaunches(cacheFolder, platform);
  const files = listOwnFiles(places, dead);
  const sizes = files.map(({ noun, which, paths, bytes }) => `${sayCount(paths.length, noun)}${which} (${sayBytes(bytes)})`);
  return [
    ...checkUse(cacheFolder),
    ...(platform === 'win32' ? [] : [cacheFolder, ...below(cacheFolder), ...below(places.configFolder)].flatMap(checkMode)),
    { part: 'cache', state: 'ok', text: `${cacheFolder}: ${sizes.join(', ') || 'empty'}` },
  ];
}

/** Less than this is not enough for a day of originals. */
const leastBytes = 200 * 1024 * 1024;

/** The folder, or the nearest one above it that is there, since the first launch makes it. */
function checkUse(folder: string): readonly Finding[] {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(there);
    if (bavail * bsize > leastBytes) return [];
    const advice = 'make room: originals that cannot be kept go to the model whole. headroom clean removes old ones';
    return [{ part: 'cache', state: 'todo', text: `${sayBytes(bavail * bsize)} free on the disk of ${there}`, advice }];
  } catch (thrown) {
    const advice = 'no launch can start: make it writable, or set XDG_CACHE_HOME to a folder that is';
    return [{ part: 'cache', state: 'todo', text: `${there} cannot be used: ${messageOf(thrown)}`, advice }];
  }
}

/** What others of this machine can read, though it is for one person alone. */
function checkMode(path: string): readonly Finding[] {
  const found = look(path);
  if (!found || (found.mode & 0o077) === 0) return [];
  const mode = found.isDirectory() ? '700' : '600';
  return [
    {
      part: 'cache',
      state: 'todo',
      text: `others can get at ${path} (${(found.mode & 0o777).toString(8)})`,
      advice: `chmod ${mode} '${path}'`,
    },
  ];
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function below(folder: string): readonly string[] {
  return listNames(folder).map((name) => join(folder, name));
}

/** Read without `conf`, which would move a damaged file aside: here nothing is changed. */
export function checkSettings({ platform, environment, homeFolder }: Place): readonly Finding[] {
  const part = 'settings';
  const path = settingsPath(findPlaces(platform, environment, homeFolder).configFolder);
  if (!existsSync(path)) return [...checkValues({ path, values: {} }, environment), { part, state: 'ok', text: `none kept (${path})` }];
  try {
    const values = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '') || '{}') as Readonly<Record<string, unknown>>;
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw new Error('it holds no JSON object');
    const unknown = describeUnknown({ path, values }).map(
      (line): Finding => ({ part, state: 'note', text: line.replace('headroom: ', '') }),
    );
    return [
      ...checkValues({ path, values }, environment),
      ...unknown,
      { part, state: 'ok', text: `${path}: ${Object.keys(values).join(', ') || 'empty'}` },
    ];
  } catch (thrown) {
    return [
      {
        part,
        state: 'todo',
        text: `${path} is damaged: ${messageOf(thrown)}`,
        advice: 'mend it: the next launch moves it aside, and defaults count',
      },
    ];
  }
}

/** A value that makes no sense stops every launch. */
function checkValues(file: Parameters<typeof describeUnknown>[0], environment: Place['environment']): readonly Finding[] {
  try {
    resolveWrapSettings({}, environment, file);
    return [];
  } catch (thrown) {
    return [findingOf('settings', thrown)];
  }
}
