/** The stand-in launcher of test/fixtures/programs, bundled like the real one so that it starts as fast. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface LauncherBundle {
  /** Path of the bundled `run-agent.ts`. */
  readonly file: string;
  readonly remove: () => void;
}

/** Builds into `parent`, a folder under the project's node_modules unless node-pty is not to be found. */
export async function bundleLauncher(parent = join(import.meta.dirname, '../../node_modules/.cache')): Promise<LauncherBundle> {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'launcher-'));
  await build({
    entryPoints: { 'run-agent': programPath('run-agent.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['node-pty'],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return { file: join(folder, 'run-agent.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Path of a program in test/fixtures/programs. */
export function programPath(name: string): string {
  return join(import.meta.dirname, '../fixtures/programs', name);
}
