/** Gets a real agent from the registry into a cache folder outside the project, once per version. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where agents are kept; nobody else writes into it. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'headroom-e2e');

/** The folder of a newer Node, from the registry as well; undefined where there is none. */
export function findNode(major: number): string | undefined {
  try {
    const words = ['--yes', `--package=node@${major}`, '--call', 'node -p "process.version + String.fromCharCode(10) + process.execPath"'];
    const said = execFileSync('npx', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [version = '', path = ''] = said.trim().split('\n').slice(-2);
    return version.startsWith(`v${major}.`) ? dirname(path) : undefined;
  } catch {
    return undefined;
  }
}

/** The folder to put on PATH, in which `command` is the agent; `node`: the folder of the Node that it runs on, if not ours. */
export function installAgent(name: string, version: string, command: string, node?: string): string {
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
  const found = [join(modules, '.bin'), ...platformFolders(modules, name)].find((bin) => runs(join(bin, command), version, node));
  if (!found) throw new Error(`${name}@${version} was installed into ${folder}, but its command does not run`);
  return found;
}

/** Where install scripts are blocked, the native program still lies in the package for this platform. */
function platformFolders(modules: string, name: string): string[] {
  const scope = join(modules, name.split('/')[0]!);
  const prefix = `${name.split('/')[1]}-${process.platform}-${process.arch}`;
  return readdirSync(scope).flatMap((entry) => (entry.startsWith(prefix) ? join(scope, entry) : []));
}

function runs(program: string, version: string, node: string | undefined): boolean {
  const env = { ...process.env, ...(node === undefined ? {} : { PATH: `${node}:${process.env.PATH}` }) };
  // Some of them write where they are at home before they say it.
  const HOME = mkdtempSync(join(tmpdir(), 'agent-version-'));
  try {
    // Some say it on stderr.
    const { stdout, stderr } = spawnSync(program, ['--version'], {
      encoding: 'utf8',
      env: { ...env, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return `${stdout}${stderr}`.includes(version);
  } finally {
    rmSync(HOME, { recursive: true, force: true });
  }
}
