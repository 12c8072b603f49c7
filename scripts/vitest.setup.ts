/** Builds the bundle once per test run into a folder of its own, so that tests which start the real command use what stands in src/. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder with `cli.js`. */
    dist: string;
  }
}

export default function setup(project: TestProject): () => void {
  const root = project.config.root;
  const parent = join(root, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const dist = mkdtempSync(join(parent, 'headroom-test-'));
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), dist], { stdio: ['ignore', 'ignore', 'inherit'] });
  project.provide('dist', dist);
  return () => rmSync(dist, { recursive: true, force: true });
}
