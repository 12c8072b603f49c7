/**
 * The folder that one launch has to itself while it runs. Its name says whose it is (process, start, machine), so that it is never
 * without an owner, not even between two system calls, and the next launch can tell a dead one's and sweep it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure, messageOf } from '../errors.ts';
import { listNames } from '../store/list-names.ts';
import { cacheParts } from '../store/place.ts';
import { isRunning, ownStart } from './process-start.ts';

export interface PrivateFolder {
  /** Names the launch, to the launches inside it. */
  readonly id: string;
  readonly path: string;
  /** Writes a file that only this user can read; `name` may be a path in the folder. */
  write(name: string, text: string): void;
  /** Done by itself where this process ends without it. */
  remove(): void;
}

/** Makes `launches/ID` under the cache folder, 0700. */
export function makePrivateFolder(cacheFolder: string, platform: NodeJS.Platform): PrivateFolder {
  const id = [process.pid, ownStart(platform), machine(platform), randomBytes(4).toString('hex')].join('-');
  const path = join(launches(cacheFolder), id);
  try {
    mkdirSync(launches(cacheFolder), { recursive: true, mode: 0o700 });
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    throw new Failure(
      'no-private-folder',
      `cannot make a private folder: ${messageOf(thrown)}`,
      'Set XDG_CACHE_HOME to a folder that can be written.',
    );
  }
  const remove = () => {
    removeFolder(path);
    process.off('exit', remove);
  };
  // Whatever calls `process.exit` on the way, the folder goes.
  process.once('exit', remove);
  return {
    id,
    path,
    write: (name, text) => {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    },
    remove,
  };
}

/** Whether the launch with this id still runs. False for anything that is no id of ours. */
export async function isLaunchRunning(id: string, platform: NodeJS.Platform): Promise<boolean> {
  const owner = readId(id);
  return owner !== undefined && owner.machine === machine(platform) && isRunning(owner.pid, owner.start, platform);
}

export interface RunningLaunch {
  readonly id: string;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The launches that run on this machine, by when they began. */
export async function findRunningLaunches(cacheFolder: string, platform: NodeJS.Platform): Promise<readonly RunningLaunch[]> {
  const found: RunningLaunch[] = [];
  for (const id of listNames(launches(cacheFolder))) {
    const pid = readId(id)?.pid;
    if (pid !== undefined && (await isLaunchRunning(id, platform)))
      found.push({ id, pid, since: Date.now() - ageInDays(join(launches(cacheFolder), id)) * 86_400_000 });
  }
  return found.sort((one, other) => one.since - other.since);
}

/** Private folders of launches that are over, and of those of another machine or container, which cannot be asked. */
export async function findIdleLaunches(
  cacheFolder: string,
  platform: NodeJS.Platform,
): Promise<{ readonly dead: readonly string[]; readonly elsewhere: readonly string[] }> {
  const dead: string[] = [];
  const elsewhere: string[] = [];
  for (const id of listNames(launches(cacheFolder))) {
    const owner = readId(id);
    const path = join(launches(cacheFolder), id);
    if (!owner) continue;
    if (owner.machine !== machine(platform)) (ageInDays(path) > mostDays ? dead : elsewhere).push(path);
    else if (!(await isRunning(owner.pid, owner.start, platform))) dead.push(path);
  }
  return { dead, elsewhere };
}

/** A launch of another machine that is older is over. */
const mostDays = 30;

/** Removes what dead launches left, and says how many; never rejects. What another machine or container left, and cannot be asked about, stays for a month. */
export async function sweepLaunches(cacheFolder: string, platform: NodeJS.Platform): Promise<number> {
  let removed = 0;
  for (const path of (await findIdleLaunches(cacheFolder, platform)).dead) {
    try {
      removeFolder(path);
      removed++;
    } catch {
      // The next launch tries again.
    }
  }
  return removed;
}

interface Owner {
  readonly pid: number;
  readonly start: string;
  readonly machine: string;
}

function launches(cacheFolder: string): string {
  return cacheParts(cacheFolder).launches;
}

function readId(id: string): Owner | undefined {
  const [, pid, start, machineName] = /^(\d+)-([\d.a-f]+)-([0-9a-f]{8})-[0-9a-f]{8}$/.exec(id) ?? [];
  return pid && start && machineName ? { pid: Number(pid), start, machine: machineName } : undefined;
}

/** Host and, where there are such, process namespace: two containers share a home folder and not their process numbers. */
function machine(platform: NodeJS.Platform): string {
  let namespace = '';
  try {
    if (platform === 'linux') namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Without /proc the host's name has to do.
  }
  return createHash('sha256').update(`${hostname()}\0${namespace}`).digest('hex').slice(0, 8);
}

function ageInDays(path: string): number {
  try {
    return (Date.now() - statSync(path).mtimeMs) / 86_400_000;
  } catch {
    return 0;
  }
}

// Windows and network shares refuse for a moment while something still looks at a file.
function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
