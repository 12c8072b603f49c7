/** Gets a real agent from the registry into a cache folder outside the project, once per version. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder to put on PATH, in which `command` is the agent. */
export function installAgent(name: string, version: string, command: string): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'headroom-e2e');
  const folder = join(cache, `${name.replace(/[@/]/g, '-').replace(/^-/, '')}-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    // Into a folder of its own first: two runs at once, or one that breaks off, never leave half an agent.
    const fresh = mkdtempSync(join(cache, 'installing-'));
    try {
      const flags = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error', '--prefix', fresh];
      execFileSync('npm', ['install', ...flags, `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'], cwd: fresh });
      if (!existsSync(folder)) renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  const modules = join(folder, 'node_modules');
  const found = [join(modules, '.bin'), ...platformFolders(modules, name)].find((bin) => runs(join(bin, command), version));
  if (!found) throw new Error(`${name}@${version} was installed into ${folder}, but its command does not run`);
  return found;
}

/** Where install scripts are blocked, the native program still lies in the package for this platform. */
function platformFolders(modules: string, name: string): string[] {
  const scope = join(modules, name.split('/')[0]!);
  const prefix = `${name.split('/')[1]}-${process.platform}-${process.arch}`;
  return readdirSync(scope).flatMap((entry) => (entry.startsWith(prefix) ? join(scope, entry) : []));
}

function runs(program: string, version: string): boolean {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(version);
  } catch {
    return false;
  }
}
