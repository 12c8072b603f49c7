/** The names in a folder, for those to whom one that cannot be listed is an empty one. */
import { readdirSync } from 'node:fs';

/** None where there is no such folder, or where it cannot be read. */
export function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
