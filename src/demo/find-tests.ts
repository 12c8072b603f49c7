/** The command that runs a folder's tests, by the files that say how. Only reads. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listNames } from '../store/list-names.ts';

interface TestKind {
  /** The first that is installed is taken; paths are in the folder. */
  readonly programs: readonly string[];
  readonly args: string;
  readonly isUsedIn: (folder: string) => boolean;
}

/** As a shell has it; undefined where there are no tests, or nothing to run them with. */
export function findTests(folder: string, isInstalled: (program: string) => boolean): string | undefined {
  for (const { programs, args, isUsedIn } of kinds) {
    const program = isUsedIn(folder) ? programs.find(isInstalled) : undefined;
    if (program !== undefined) return `${program} ${args}`;
  }
  return undefined;
}

const kinds: readonly TestKind[] = [
  { programs: ['npm'], args: 'test --silent', isUsedIn: hasTestScript },
  {
    programs: ['.venv/bin/pytest', 'venv/bin/pytest', String.raw`.venv\Scripts\pytest`, String.raw`venv\Scripts\pytest`, 'pytest'],
    // It leaves no folder of its own behind.
    args: '-p no:cacheprovider',
    isUsedIn: hasPythonTests,
  },
  { programs: ['cargo'], args: 'test', isUsedIn: (folder) => existsSync(join(folder, 'Cargo.toml')) },
  { programs: ['go'], args: 'test ./...', isUsedIn: (folder) => existsSync(join(folder, 'go.mod')) },
];

function hasTestScript(folder: string): boolean {
  try {
    const { scripts } = JSON.parse(textOf(join(folder, 'package.json'))) as { readonly scripts?: { readonly test?: unknown } };
    // What `npm init` writes there only complains.
    return typeof scripts?.test === 'string' && !scripts.test.includes('no test specified');
  } catch {
    return false;
  }
}

function hasPythonTests(folder: string): boolean {
  const isSetUp = Object.entries(pythonSettings).some(([name, section]) => textOf(join(folder, name)).includes(section));
  const names = ['', 'tests', 'test'].flatMap((below) => listNames(join(folder, below)));
  return isSetUp || names.some((name) => /^(?:test_.*|.*_test|conftest)\.py$/.test(name));
}

const pythonSettings = { 'pytest.ini': '[pytest]', 'pyproject.toml': '[tool.pytest', 'setup.cfg': '[tool:pytest]', 'tox.ini': '[pytest]' };

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
