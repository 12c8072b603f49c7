/** Paths as the machine that a launch is on spells them, whichever we are read on. A pure function. */
import { posix, win32 } from 'node:path';

export function pathsOf({ platform }: { readonly platform: NodeJS.Platform }): typeof posix {
  return platform === 'win32' ? win32 : posix;
}
