/** Opens files of ours to append to: for this user alone, and never what a link in their place points to. */
import { constants, openSync } from 'node:fs';

// Windows knows no such flag, and lets only administrators make links.
const { O_NOFOLLOW = 0 } = constants as { O_NOFOLLOW?: number };

/** Made where it is not there. Throws ELOOP where it is a link. */
export function openOwnFile(path: string, use: 'append' | 'append-and-read' = 'append'): number {
  const access = use === 'append' ? constants.O_WRONLY : constants.O_RDWR;
  return openSync(path, access | constants.O_CREAT | constants.O_APPEND | O_NOFOLLOW, 0o600);
}
