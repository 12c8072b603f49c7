/** Bundles one file the way the build does, into a folder outside node_modules, where Node would hold warnings back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export interface Bundle {
  readonly file: URL;
  close(): Promise<void>;
}

/** The program of that name in `test/fixtures/programs`. */
export function bundle(program: string): Promise<Bundle> {
  return bundleFile(new URL(`../fixtures/programs/${program}.ts`, import.meta.url));
}

export async function bundleFile(file: URL): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'));
  await build({
    entryPoints: { main: fileURLToPath(file) },
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
