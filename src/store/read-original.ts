/** From what a person or an agent has in hand to the bytes of the original that is meant; a `Failure` where there is none, or none that can be trusted. */
import { createHash } from 'node:crypto';
import { Failure } from '../errors.ts';
import { type Located, locateOriginal, type Place } from './locate-original.ts';
import { type Found, findOriginal } from './originals.ts';

export interface OriginalPlaces {
  /** Where originals are kept; the first is the one that people are told of. */
  readonly folders: readonly string[];
  /** What a path is relative to. */
  readonly workingFolder: string;
}

export interface ReadOriginal {
  readonly bytes: Buffer;
  /** The first 16 digits of its hash. */
  readonly name: string;
}

/** `word`: a hash, its beginning, or a path. */
export function readOriginal(word: string, { folders, workingFolder }: OriginalPlaces): ReadOriginal {
  const { folder, name } = placeOf(word, locateOriginal(word, folders, workingFolder), folders);
  const found = findOriginal(folder, name);
  if (found.state !== 'found') throw untrusted(found, word, folders);
  const isOther = /^[0-9a-f]{17,}$/i.test(word) && !createHash('sha256').update(found.bytes).digest('hex').startsWith(word.toLowerCase());
  if (isOther) throw missing(word, folders);
  return { bytes: found.bytes, name };
}

function placeOf(word: string, located: Located, folders: readonly string[]): Place {
  if (located.state === 'located') return located.place;
  if (located.state === 'missing') throw missing(word, folders);
  if (located.state === 'ambiguous') {
    const some = located.names.slice(0, 3).join(', ');
    const message = `The hashes of ${located.names.length} originals begin with \`${word}\``;
    throw new Failure('ambiguous-hash', message, `Give more of it: ${some}${located.names.length > 3 ? ', ...' : ''}`);
  }
  if (located.state === 'elsewhere') {
    throw new Failure('no-original', `\`${word}\` is no original of ours`, `Originals are files in ${folders[0]}`);
  }
  throw new Failure('no-hash', `\`${word}\` is neither a hash nor a path`, 'A hash is 4 to 64 of the digits 0-9 and a-f.');
}

function untrusted({ state, path, message }: Exclude<Found, { state: 'found' }>, word: string, folders: readonly string[]): Failure {
  if (state === 'missing') return missing(word, folders);
  if (state === 'unreadable') return new Failure('unreadable-original', `Cannot read it: ${message}`, `See what stands at ${path}`);
  const hint = 'Delete the file. The text is kept anew when an agent gets the same result again.';
  return new Failure('damaged-original', `${path} was changed or cut short: it no longer is what was kept`, hint);
}

function missing(word: string, folders: readonly string[]): Failure {
  const hint = 'Originals go 30 days after their last use, when they are more than 1 GiB, and by `headroom clean`.';
  return new Failure('unknown-original', `There is no original \`${word}\` in ${folders[0]}`, hint);
}
