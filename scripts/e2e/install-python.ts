/** Gets a real agent from PyPI into a virtual environment in the cache folder, once per version. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface PythonAgent {
  readonly name: string;
  readonly version: string;
  /** Minor versions of Python 3 that it runs on, the best first. */
  readonly minors: readonly number[];
  /** What is installed first; then the agent alone, whatever else it says it needs. */
  readonly before?: readonly string[];
}

/** The folder to put on PATH, or why there is none. */
export function installPythonAgent(agent: PythonAgent): { readonly folder: string } | { readonly reason: string } {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'headroom-e2e');
  const link = join(cache, `${agent.name}-${agent.version}`);
  if (!existsSync(link)) {
    const python = findPython(agent.minors);
    if (!python) return { reason: `no Python with venv among 3.${agent.minors.join(', 3.')}` };
    mkdirSync(cache, { recursive: true });
    // An environment knows where it lies and cannot be moved: a link to it appears when it is whole.
    const fresh = mkdtempSync(`${link}-`);
    try {
      execFileSync(python, ['-m', 'venv', fresh], { stdio: ['ignore', 'ignore', 'inherit'] });
      const flags = ['--quiet', '--disable-pip-version-check', '--no-input'];
      const install = (words: readonly string[]) =>
        execFileSync(join(fresh, 'bin', 'pip'), ['install', ...flags, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
      if (agent.before) install(agent.before);
      install([...(agent.before ? ['--no-deps'] : []), `${agent.name}==${agent.version}`]);
      symlinkSync(fresh, `${fresh}.link`);
      renameSync(`${fresh}.link`, link);
    } catch (thrown) {
      rmSync(fresh, { recursive: true, force: true });
      throw thrown;
    }
  }
  return { folder: join(link, 'bin') };
}

function findPython(minors: readonly number[]): string | undefined {
  const wanted = minors.map((minor) => `3.${minor}`);
  const check = `import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] not in '${wanted.join(' ')}'.split())`;
  return [...wanted.map((version) => `python${version}`), 'python3', 'python'].find((python) => {
    try {
      execFileSync(python, ['-c', check], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}
