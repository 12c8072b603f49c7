/** Bundles one file the way the build does, into a folder outside node_modules, where Node would hold warnings back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export interface Bundle {
  readonly file: URL;
  close(): Promise<void>;
}

/** `source` is relative to this folder. */
export async function bundle(source: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'));
  await build({
    entryPoints: { main: new URL(source, import.meta.url).pathname },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return { file: pathToFileURL(join(folder, 'main.mjs')), close: async () => rmSync(folder, { recursive: true, force: true }) };
}
