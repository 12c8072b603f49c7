/**
 * What opens the originals and the tools of a proxy that stays where it is: one secret for this person, in a file that nobody else can
 * read, so that addresses with it in them go on working after a restart.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ContentSecret {
  /** 32 hex digits. */
  readonly secret: string;
  /** Where it stands; undefined: it could not be written, and is another one the next time. */
  readonly path: string | undefined;
}

const fileName = 'content-secret';

/** The secret's file, or one that was to become it. */
export function isSecretFile(name: string): boolean {
  return name === fileName || /^content-secret-\d+-[0-9a-f]{8}$/.test(name);
}

/** Made when it is first asked for. Never throws. */
export function readContentSecret(folder: string): ContentSecret {
  const path = join(folder, fileName);
  const known = read(path);
  if (known) return { secret: known, path };
  const secret = randomBytes(16).toString('hex');
  const fresh = `${path}-${process.pid}-${secret.slice(0, 8)}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(fresh, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    // What stands there and is none is of no use; and of two that start at once one is first.
    if (read(path) === undefined) rmSync(path, { force: true });
    try {
      linkSync(fresh, path);
    } catch {
      // The other one's.
    }
    rmSync(fresh, { force: true });
  } catch {
    return { secret, path: undefined };
  }
  const written = read(path);
  return written ? { secret: written, path } : { secret, path: undefined };
}

/** Never throws; what could not be removed is not counted. */
export function removeSecret(folder: string): { readonly files: number; readonly bytes: number } {
  const path = join(folder, fileName);
  try {
    const { size } = statSync(path);
    rmSync(path);
    return { files: 1, bytes: size };
  } catch {
    return { files: 0, bytes: 0 };
  }
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
