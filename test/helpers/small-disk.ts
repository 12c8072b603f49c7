/** A disk of one mebibyte, where this process may mount one: to be filled, and to be made read-only. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export interface SmallDisk {
  readonly folder: string;
  makeReadOnly(): void;
  remove(): void;
}

/** The disk, or in a few words why there is none. */
export function mountSmallDisk(folder: string): SmallDisk | string {
  if (process.platform !== 'linux') return `no tmpfs on ${process.platform}`;
  mkdirSync(folder);
  const refused = mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  if (refused) return refused;
  return {
    folder,
    makeReadOnly: () => {
      const trouble = mount('-o', 'remount,ro', folder);
      if (trouble) throw new Error(trouble);
    },
    remove: () => spawnSync('umount', ['--lazy', folder]),
  };
}

function mount(...args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
