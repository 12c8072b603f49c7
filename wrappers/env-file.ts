/** `.env` files: where some agents look for one, and what stands in it. Pure functions. */
import type { Situation } from '../src/launch/wrapper.ts';
import { pathsOf } from './paths.ts';

/** From the working folder up to the root, then at home: in the agent's own folder first. The first one that is there counts. */
export function envPaths(place: Pick<Situation, 'platform' | 'homeFolder' | 'workingFolder'>, ownFolder: string): readonly string[] {
  const { join, dirname } = pathsOf(place);
  const folders: string[] = [];
  for (let folder = place.workingFolder; folders.at(-1) !== folder; folder = dirname(folder)) folders.push(folder);
  return [...folders, place.homeFolder].flatMap((folder) => [join(folder, ownFolder, '.env'), join(folder, '.env')]);
}

/** As dotenv reads it, but for text over several lines and variables within values. */
export function readEnvFile(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, single, double, plain = ''] =
      /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:'(.*?)'|"(.*?)"|([^'"\s].*?)?)\s*(?:(?<=[\s'"])#.*)?$/.exec(line) ?? [];
    if (name) found[name] = single ?? double ?? plain;
  }
  return found;
}
