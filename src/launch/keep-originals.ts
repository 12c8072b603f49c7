/** How the worker keeps what it makes excerpts of: on disk before the excerpt leaves, and marked as used by this launch. */
import { basename } from 'node:path';
import { wayTo } from '../library/keep.ts';
import type { KeepOriginal } from '../pipeline/decide.ts';
import type { OriginalsPlace } from '../proxy/records.ts';
import { createMarks } from '../store/marks.ts';
import { openOriginals, originalPath } from '../store/originals.ts';

/** Undefined where there is no place: then there are no excerpts. */
export function createKeeper(place: OriginalsPlace | undefined): KeepOriginal | undefined {
  if (!place) return undefined;
  const { folder, privateFolder, recovery = 'path' } = place;
  // Whoever only observes writes nothing, and counts what the note would have cost.
  const originals = privateFolder === undefined ? undefined : openOriginals(folder, { marks: createMarks(privateFolder) });
  return (text) => {
    const kept = originals?.keep(text) ?? { path: originalPath(folder, text) };
    return 'path' in kept && recovery !== 'path' ? { path: wayTo(basename(kept.path), recovery) } : kept;
  };
}
