/** Which version of an agent a program is, as far as the place it stands in tells. Nothing is started: agents take a second to say it. */
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** Undefined where only the program itself would know. */
export function findVersion(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    const names = [path, real].map((each) => basename(each, extname(each)));
    return versionInPath(real, names) ?? versionOfPackage(real, names);
  } catch {
    return undefined;
  }
}

/** `.../claude/versions/2.1.330`, as agents that update themselves keep it. */
function versionInPath(path: string, names: readonly string[]): string | undefined {
  const [, folder = '', version] = /[\\/]([^\\/]+)[\\/]versions[\\/](\d+\.\d+[^\\/]*)/.exec(path) ?? [];
  return names.includes(folder) || basename(path) === version ? version : undefined;
}

/** The nearest package around it, where that is the one which brings the program. */
function versionOfPackage(path: string, names: readonly string[]): string | undefined {
  let folder = dirname(path);
  for (let level = 0; level < 6; level++) {
    const found = readPackage(folder);
    if (found) {
      const bins = typeof found.bin === 'object' && found.bin !== null ? Object.keys(found.bin) : [basename(String(found.name ?? ''))];
      return typeof found.version === 'string' && bins.some((name) => names.includes(name)) ? found.version : undefined;
    }
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return undefined;
}

function readPackage(folder: string): { readonly name?: unknown; readonly version?: unknown; readonly bin?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
