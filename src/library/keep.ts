/** How the library keeps what it makes excerpts of, and what their notes call it. */
import { realpathSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import type { KeepOriginal } from '../pipeline/decide.ts';
import { openOriginals } from '../store/originals.ts';
import { cacheParts } from '../store/place.ts';
import type { HeadroomOptions } from './headroom.ts';

export interface Keeping {
  readonly folder: string;
  readonly recovery: NonNullable<HeadroomOptions['recovery']>;
  /** Whether `headroom retrieve` looks there unasked. */
  readonly isUsual: boolean;
}

export function createKeeper({ folder, recovery, isUsual }: Keeping): KeepOriginal {
  const originals = openOriginals(cacheParts(folder).originals);
  const where = isUsual ? '' : ` --folder ${quoted(folder)}`;
  return (text) => {
    const kept = originals.keep(text);
    if (!kept.isKept) return kept;
    if (recovery === 'command') return { path: `headroom retrieve ${kept.name}${where}` };
    try {
      // Agents compare a path with every link in it followed.
      return { path: realpathSync.native(kept.path) };
    } catch (thrown) {
      return { reason: messageOf(thrown) };
    }
  };
}

function quoted(folder: string): string {
  return /^[\w./\\:@~+-]+$/.test(folder) ? folder : `"${folder}"`;
}
