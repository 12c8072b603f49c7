/** How the library keeps what it makes excerpts of, and what their notes call it. */
import { realpathSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import type { KeepOriginal } from '../pipeline/decide.ts';
import { openOriginals } from '../store/originals.ts';
import { cacheParts } from '../store/place.ts';
import type { Recovery } from './headroom.ts';

export interface Keeping {
  readonly folder: string;
  readonly recovery: Recovery;
  /** Whether `headroom retrieve` looks there unasked. */
  readonly isUsual: boolean;
}

export function createKeeper({ folder, recovery, isUsual }: Keeping): KeepOriginal {
  const originals = openOriginals(cacheParts(folder).originals);
  const where = isUsual ? '' : ` --folder ${quoted(folder)}`;
  return (text) => {
    const kept = originals.keep(text);
    if (!kept.isKept) return kept;
    if (recovery !== 'path') return { path: wayTo(kept.name, recovery, where) };
    try {
      // Agents compare a path with every link in it followed.
      return { path: realpathSync.native(kept.path) };
    } catch (thrown) {
      return { reason: messageOf(thrown) };
    }
  };
}

/** What notes say where the agent does not share our disk; `where`: what the command needs beside the name. */
export function wayTo(name: string, recovery: Exclude<Recovery, 'path'>, where = ''): string {
  if (recovery === 'command') return `headroom retrieve ${name}${where}`;
  return recovery === 'tool' ? `headroom_retrieve ${name}` : `${recovery.url.replace(/\/+$/, '')}/originals/${name}`;
}

const words: readonly unknown[] = ['command', 'path', 'tool'];

/** Throws a `TypeError` for what is none. */
export function checkRecovery(recovery: unknown): asserts recovery is Recovery {
  if (words.includes(recovery)) return;
  const { url } = (recovery ?? {}) as { readonly url?: unknown };
  if (url === undefined) throw new TypeError(`there is no recovery ${JSON.stringify(recovery)}; recoveries: ${words.join(', ')}, {url}`);
  // It stands in notes, and the name of the original follows it.
  if (typeof url !== 'string' || !/^https?:\/\/[^\s\p{Cc}"'<>[\]?#]+$/u.test(url) || !URL.canParse(url))
    throw new TypeError(`${JSON.stringify(url)} is no address that notes can name: http or https, without a query`);
}

function quoted(folder: string): string {
  return /^[\w./\\:@~+-]+$/.test(folder) ? folder : `"${folder}"`;
}
