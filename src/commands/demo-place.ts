/** The throw-away folder of a demo, and the process an agent is told it runs in: a home of its own and nothing of the user's environment. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sampleFiles } from '../demo/samples.ts';
import type { Surroundings } from '../launch/launch.ts';
import { makePrivateFolder } from '../launch/private-folder.ts';
import { findPlaces } from '../store/place.ts';

export interface DemoPlace {
  readonly homeFolder: string;
  /** Writes the sample texts and gives the folder that holds them. */
  placeSamples(): string;
  /** Copies these files of a folder and gives the folder that holds them, with the same paths below it. */
  copy(folder: string, files: readonly string[]): string;
  /** Writes a file into the home folder. */
  write(name: string, text: string): void;
  remove(): void;
}

/** It belongs to this process: where that is killed, the next launch sweeps it. */
export function makeDemoPlace({ platform, environment, homeFolder }: Surroundings): DemoPlace {
  const folder = makePrivateFolder(findPlaces(platform, environment, homeFolder).cacheFolder, platform);
  const home = join(folder.path, 'home');
  for (const path of [home, temporaryFolder(home), cacheFolder(home)]) mkdirSync(path, { recursive: true, mode: 0o700 });
  return {
    homeFolder: home,
    placeSamples: () => {
      const samples = join(folder.path, 'sample');
      for (const [name, text] of Object.entries(sampleFiles())) writeFileSync(makeWay(samples, name), text);
      return samples;
    },
    copy: (from, files) => {
      const copy = join(folder.path, 'copy');
      for (const file of files) copyFileSync(join(from, file), makeWay(copy, file));
      // To git a repository of its own: nothing looks for settings above it, where the user's may be.
      for (const name of ['objects/none', 'refs/none']) makeWay(copy, '.git', name);
      writeFileSync(join(copy, '.git', 'HEAD'), 'ref: refs/heads/main\n');
      return copy;
    },
    write: (name, text) => writeFileSync(makeWay(home, name), text, { mode: 0o600 }),
    remove: folder.remove,
  };
}

/** What a real agent starts with in a demo. No key, no setting and no proxy of the user's is in it: it can reach nothing but the demo. */
export function demoEnvironment(
  { environment, platform }: Surroundings,
  home: string,
  own: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(([name]) => keeps.test(name));
  const [cache, temporary] = [cacheFolder(home), temporaryFolder(home)];
  const places =
    platform === 'win32'
      ? { USERPROFILE: home, APPDATA: join(home, 'AppData', 'Roaming'), LOCALAPPDATA: cache, TEMP: temporary, TMP: temporary }
      : { TMPDIR: temporary };
  return { ...Object.fromEntries(kept), ...places, HOME: home, XDG_CACHE_HOME: cache, ...own };
}

const keeps =
  /^(?:PATH|SHELL|USER|LOGNAME|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|TERM_PROGRAM|NO_COLOR|FORCE_COLOR|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|PROGRAMFILES|PROGRAMFILES\(X86\)|PROGRAMDATA|NUMBER_OF_PROCESSORS|PROCESSOR_ARCHITECTURE|CLAUDE_CODE_GIT_BASH_PATH)$/i;

/** The path of a file whose folder is there. */
function makeWay(...parts: readonly string[]): string {
  const path = join(...parts);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return path;
}

function cacheFolder(home: string): string {
  return join(home, '.cache');
}

function temporaryFolder(home: string): string {
  return join(home, 'tmp');
}
