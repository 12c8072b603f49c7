/** The library: makes the tool results of a conversation smaller, and gives back what was shown in part. No server and no network. */
import { homedir } from 'node:os';
import { createHeadroomIn } from './library/create.ts';
import type { Compression, CompressOptions, Headroom, HeadroomOptions, RetrieveOptions } from './library/headroom.ts';
import { findPlaces } from './store/place.ts';

export { Failure } from './errors.ts';
export type {
  Compression,
  CompressOptions,
  Format,
  Headroom,
  HeadroomOptions,
  Profile,
  Recovery,
  RetrieveOptions,
} from './library/headroom.ts';

/** A `Headroom` of one's own. Throws a `TypeError` for options that make no sense. */
export function createHeadroom(options: HeadroomOptions = {}): Headroom {
  return createHeadroomIn(findPlaces(process.platform, process.env, homedir()).cacheFolder, options);
}

/** `Headroom.compress`, of one `Headroom` for each folder and way of recovery that calls name. */
export async function compress<Message>(
  messages: readonly Message[],
  { folder, recovery, ...options }: CompressOptions & HeadroomOptions = {},
): Promise<Compression<Message>> {
  return shared({ folder, recovery }).compress(messages, options);
}

/** `Headroom.retrieve`, likewise. */
export async function retrieve(
  hash: string,
  { folder, ...options }: RetrieveOptions & Pick<HeadroomOptions, 'folder'> = {},
): Promise<string> {
  return shared({ folder }).retrieve(hash, options);
}

const instances = new Map<string, Headroom>();

function shared({ folder, recovery = 'command' }: HeadroomOptions): Headroom {
  const key = JSON.stringify([folder, recovery]);
  const known = instances.get(key) ?? createHeadroom({ folder, recovery });
  instances.set(key, known);
  return known;
}
