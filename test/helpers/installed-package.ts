/** The package as a user has it: packed, and installed in a folder where nothing of ours is. Nothing is asked of a registry. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..');

export interface InstalledPackage {
  readonly project: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A file of the project; returns its path. */
  write(name: string, text: string): string;
  /** Compiles a file as a user's own; returns what the compiler says of it. */
  compile(name: string, text: string, settings: Readonly<Record<string, unknown>>): string;
  remove(): void;
}

/** `beside`: what else the project has installed; taken from our own packages. */
export function installPackage(dist: string, beside: readonly string[] = []): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-package-'));
  const [packed, home, project] = ['packed', 'home', 'project'].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [packed, home, project]) mkdirSync(each);
  const environment = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home };
  const npm = (cwd: string, ...words: string[]) =>
    execFileSync('npm', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  for (const name of ['package.json', 'README.md', 'LICENSE']) copyFileSync(join(root, name), join(packed, name));
  cpSync(dist, join(packed, 'dist'), { recursive: true });
  const [{ filename = '' } = {}] = JSON.parse(npm(packed, 'pack', '--json', '--ignore-scripts')) as { filename?: string }[];
  const write = (name: string, text: string) => {
    const file = join(project, name);
    writeFileSync(file, text);
    return file;
  };
  write('package.json', '{ "name": "somebodys", "private": true }');
  npm(project, 'install', '--offline', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', join(packed, filename));
  for (const name of beside) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  return {
    project,
    environment,
    write,
    compile: (name, text, settings) => {
      const file = write(name, text);
      const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, target: 'es2022', noEmit: true, ...settings };
      const config = write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
      try {
        execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config], {
          cwd: project,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        return '';
      } catch (thrown) {
        return String((thrown as { stdout?: unknown }).stdout);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
