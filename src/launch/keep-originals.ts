/** How the worker keeps what it makes excerpts of: on disk before the excerpt leaves, and marked as used by this launch. */
import type { KeepOriginal } from '../pipeline/decide.ts';
import type { OriginalsPlace } from '../proxy/records.ts';
import { createMarks } from '../store/marks.ts';
import { openOriginals, originalPath } from '../store/originals.ts';

/** Undefined where there is no place: then there are no excerpts. */
export function createKeeper(place: OriginalsPlace | undefined): KeepOriginal | undefined {
  if (!place) return undefined;
  const { folder, privateFolder } = place;
  // Whoever only observes writes nothing, and counts what the note would have cost.
  if (privateFolder === undefined) return (text) => ({ path: originalPath(folder, text) });
  const originals = openOriginals(folder, { marks: createMarks(privateFolder) });
  return (text) => originals.keep(text);
}
