/** Our own two folders, and what stands in the cache, for the person and the environment that a command runs in. */
import { homedir } from 'node:os';
import { cacheParts, findPlaces, type Places } from '../store/place.ts';

export function ownPlaces(): Places {
  return findPlaces(process.platform, process.env, homedir());
}

export function ownCacheParts(): ReturnType<typeof cacheParts> {
  return cacheParts(ownPlaces().cacheFolder);
}
