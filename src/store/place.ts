/** Where our own two folders are. A pure function: nothing is read and nothing is made. */
import { join, posix, win32 } from 'node:path';

export interface Places {
  /** Can be thrown away: private folders of launches, originals, the ledger. */
  readonly cacheFolder: string;
  /** The user's settings for us. */
  readonly configFolder: string;
}

/** What stands in the cache folder. */
export function cacheParts(cacheFolder: string): Readonly<Record<'launches' | 'originals' | 'decisions' | 'ledger', string>> {
  const part = (name: string) => join(cacheFolder, name);
  return { launches: part('launches'), originals: part('originals'), decisions: part('decisions'), ledger: part('ledger') };
}

/** Follows XDG on Linux and the like, `~/Library` on macOS, `%LOCALAPPDATA%` and `%APPDATA%` on Windows. */
export function findPlaces(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
): Places {
  if (platform === 'win32') {
    const local = absolute(win32, environment.LOCALAPPDATA) ?? win32.join(homeFolder, 'AppData', 'Local');
    const roaming = absolute(win32, environment.APPDATA) ?? win32.join(homeFolder, 'AppData', 'Roaming');
    return { cacheFolder: win32.join(local, 'headroom', 'Cache'), configFolder: win32.join(roaming, 'headroom', 'Config') };
  }
  // A user of macOS who sets XDG variables wants them followed there too.
  const cache = absolute(posix, environment.XDG_CACHE_HOME);
  const config = absolute(posix, environment.XDG_CONFIG_HOME);
  const library = platform === 'darwin' ? posix.join(homeFolder, 'Library') : undefined;
  return {
    cacheFolder: posix.join(cache ?? (library ? posix.join(library, 'Caches') : posix.join(homeFolder, '.cache')), 'headroom'),
    configFolder: posix.join(config ?? (library ? posix.join(library, 'Preferences') : posix.join(homeFolder, '.config')), 'headroom'),
  };
}

// XDG: a relative path in one of these variables is to be ignored.
function absolute(path: typeof posix, folder: string | undefined): string | undefined {
  return folder && path.isAbsolute(folder) ? folder : undefined;
}
