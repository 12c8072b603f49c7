/** One instance of the library: where it keeps originals and how its notes name them is settled here, once. */
import { resolve } from 'node:path';
import { checkProfile, createCompress } from './compress.ts';
import type { Headroom, HeadroomOptions } from './headroom.ts';
import { checkRecovery, createKeeper } from './keep.ts';
import { retrieveFrom } from './retrieve.ts';

/** `usualFolder`: where `headroom retrieve` looks unasked. Throws a `TypeError` for options that make no sense. */
export function createHeadroomIn(usualFolder: string, options: HeadroomOptions = {}): Headroom {
  const { profile = 'standard', recovery = 'command' } = options;
  checkProfile(profile);
  checkRecovery(recovery);
  const folder = resolve(options.folder ?? usualFolder);
  // It stands in notes, and a note is one line.
  if (/[\p{Cc}"]/u.test(folder)) throw new TypeError('the name of the folder holds a control character or a quotation mark');
  return {
    compress: createCompress(profile, createKeeper({ folder, recovery, isUsual: folder === resolve(usualFolder) })),
    retrieve: async (hash, part = {}) => retrieveFrom(folder, hash, part),
  };
}
