/** Finds the root of the git checkout that a folder is in, without git. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The checkout's root; of a linked worktree, the main checkout's; the folder itself where there is none. */
export function findProjectFolder(workingFolder: string): string {
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    const mark = join(folder, '.git');
    const kind = kindOf(mark);
    if (kind === 'folder') return folder;
    if (kind === 'file') return mainCheckout(folder, mark) ?? folder;
    if (dirname(folder) === folder) return workingFolder;
  }
}

function kindOf(path: string): 'folder' | 'file' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

// `gitdir: /main/.git/worktrees/name`; a submodule's points below `.git/modules` and is a checkout of its own.
function mainCheckout(folder: string, mark: string): string | undefined {
  try {
    const [, target] = /^gitdir: (.+)$/m.exec(readFileSync(mark, 'utf8')) ?? [];
    const worktrees = target && dirname(resolve(folder, target));
    return worktrees && basename(worktrees) === 'worktrees' && basename(dirname(worktrees)) === '.git'
      ? dirname(dirname(worktrees))
      : undefined;
  } catch {
    return undefined;
  }
}
