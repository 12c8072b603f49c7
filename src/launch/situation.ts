/** Gathers what a wrapper decides on: the user's settings files and where we are. Reads only. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listNames } from '../store/list-names.ts';
import { findProjectFolder } from './project-folder.ts';
import type { KnownFile, Situation, Wrapper } from './wrapper.ts';

export type Place = Omit<Situation, 'files' | 'proxyAddress' | 'privateFolder' | 'projectFolder'>;

/** The situation but for what only a started launch knows. */
export function readSituation(wrapper: Wrapper, place: Place): Omit<Situation, 'proxyAddress' | 'privateFolder'> {
  const known = { ...place, projectFolder: findProjectFolder(place.workingFolder) };
  return { ...known, files: wrapper.readsFiles(known).flatMap(readAll) };
}

function readAll(path: string): readonly KnownFile[] {
  if (!path.endsWith('*.json')) return [read(path)];
  const folder = dirname(path);
  return listNames(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .map((name) => read(join(folder, name)));
}

// Unreadable is absent: what is wrong with it is the agent's to say.
function read(path: string): KnownFile {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch {
    return { path, text: undefined };
  }
}
