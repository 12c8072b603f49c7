/** Everything below a folder: who may read it, and which of the planted secrets it holds. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planted } from './planted.ts';

export interface Written {
  readonly path: string;
  readonly kind: 'folder' | 'file' | 'link';
  /** Permission bits. */
  readonly mode: number;
  /** Names of the secrets that it holds, in its name or in its text. */
  readonly holds: readonly string[];
}

export function look(folder: string): readonly Written[] {
  const found: Written[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stats = lstatSync(path);
    const kind = stats.isSymbolicLink() ? 'link' : stats.isDirectory() ? 'folder' : 'file';
    const text = name + (kind === 'file' ? readFileSync(path, 'latin1') : '');
    found.push({ path, kind, mode: stats.mode & 0o777, holds: secretsIn(text) });
    if (kind === 'folder') found.push(...look(path));
  }
  return found;
}

export function secretsIn(text: string): readonly string[] {
  return Object.entries(planted).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));
}
