/** What the Python original runs with: a home of its own, nothing sent out, no model fetched. */
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOnDisk } from './bytes-on-disk.ts';

export const originalVersion = '0.42.0';

/** Nobody listens on port 9: whatever would call out in spite of its settings fails at once. */
const nowhere = 'http://127.0.0.1:9';

export function originalEnvironment(folder: string, home: string): Record<string, string> {
  return {
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    HOME: home,
    HEADROOM_OFFLINE: '1',
    HEADROOM_TELEMETRY: 'off',
    HEADROOM_BEACON: 'off',
    DO_NOT_TRACK: '1',
    HF_HUB_OFFLINE: '1',
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    // The vocabularies that it would fetch lie in a package that comes with it; without them its proxy changes nothing.
    TIKTOKEN_CACHE_DIR: vocabularies(folder),
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_PROXY: '127.0.0.1,localhost',
  };
}

function vocabularies(folder: string): string {
  const library = join(folder, 'lib');
  const python = readdirSync(library).find((name) => name.startsWith('python')) ?? '';
  return join(library, python, 'site-packages', 'litellm', 'litellm_core_utils', 'tokenizers');
}

/** Without what a bare environment holds. */
export function originalBytes(folder: string): number {
  return bytesOnDisk(realpathSync(folder), /^(pip|setuptools|pkg_resources|_distutils_hack)(-|$)/);
}
