/** All that stands in our two folders and is ours, by its name; and its removal, folders included where nothing else is in them. */
import { lstatSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isSecretFile } from '../store/content-secret.ts';
import { isDecisionFile } from '../store/decision-files.ts';
import { isLedgerFile } from '../store/ledger.ts';
import { listNames } from '../store/list-names.ts';
import { foldersMadeWith, removeEmpty } from '../store/made-with.ts';
import { isOriginalFile } from '../store/originals.ts';
import { cacheParts, type Places } from '../store/place.ts';
import { rememberedName } from '../store/remembered-files.ts';
import { isSettingsFile } from '../store/settings-file.ts';

export interface OwnFiles {
  /** Of one of them, for people, and what goes behind it. */
  readonly noun: string;
  readonly which: string;
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** `launches`: the private folders that may go. Kinds of which there is nothing are not listed. */
export function listOwnFiles({ cacheFolder, configFolder }: Places, launches: readonly string[]): readonly OwnFiles[] {
  const { originals, decisions, ledger } = cacheParts(cacheFolder);
  const kinds: readonly (readonly [noun: string, which: string, readonly string[]])[] = [
    ['original', '', pathsIn(originals, isOriginalFile)],
    ['record', ' of what results became', pathsIn(decisions, isDecisionFile)],
    ['file', ' of the ledger', pathsIn(ledger, isLedgerFile)],
    ['folder', ' of launches that were killed', launches],
    ['key', ' to what the proxy keeps', pathsIn(cacheFolder, isSecretFile)],
    ['file', ' of settings', pathsIn(configFolder, (name) => isSettingsFile(name) || name === rememberedName)],
  ];
  return kinds
    .filter(([, , paths]) => paths.length > 0)
    .map(([noun, which, paths]) => ({ noun, which, paths, bytes: paths.reduce((sum, path) => sum + bytesOf(path), 0) }));
}

/** What could not be removed, each path with the reason. */
export function removeOwnFiles(files: readonly OwnFiles[]): readonly { readonly path: string; readonly thrown: unknown }[] {
  return files
    .flatMap(({ paths }) => paths)
    .flatMap((path) => {
      try {
        rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
        return [];
      } catch (thrown) {
        return [{ path, thrown }];
      }
    });
}

/** Removes our folders where they are empty, and what was made around them for them alone. Gives what is still in them. */
export function removeOwnFolders({ cacheFolder, configFolder }: Places): readonly string[] {
  for (const part of Object.values(cacheParts(cacheFolder))) removeEmpty([part]);
  for (const folder of [cacheFolder, configFolder]) {
    const around = foldersMadeWith(folder);
    const parent = dirname(folder);
    // Windows has ours in a folder of our name.
    removeEmpty([folder, ...(basename(parent) === 'headroom' && !around.includes(parent) ? [parent] : []), ...around]);
  }
  return [cacheFolder, configFolder].flatMap((folder) => pathsIn(folder, () => true));
}

function pathsIn(folder: string, isOurs: (name: string) => boolean): readonly string[] {
  return listNames(folder)
    .filter(isOurs)
    .sort()
    .map((name) => join(folder, name));
}

function bytesOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.size ?? 0;
  return pathsIn(path, () => true).reduce((sum, each) => sum + bytesOf(each), 0);
}
