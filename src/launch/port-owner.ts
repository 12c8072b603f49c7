/** Who listens on a port of this machine, as far as the system tells: on Linux the name and number of a process of ours. Never throws. */
import { readFileSync, readlinkSync } from 'node:fs';
import { listNames } from '../store/list-names.ts';

/** Such as `node (process 4711)`; undefined where nobody says. Its arguments are not shown: they may hold secrets. */
export function findPortOwner(port: number, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'linux') return undefined;
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listenersIn(table, port));
  if (sockets.length === 0) return undefined;
  const wanted = new Set(sockets.map((inode) => `socket:[${inode}]`));
  const pid = listNames('/proc').find(
    (name) => /^\d+$/.test(name) && listNames(`/proc/${name}/fd`).some((fd) => wanted.has(link(`/proc/${name}/fd/${fd}`))),
  );
  if (pid === undefined) return undefined;
  const words = read(`/proc/${pid}/cmdline`).split('\0');
  const isOurs = words.some((word) => /(?:^|\/)(?:headroom|cli\.js)$/.test(word)) && words.includes('proxy');
  return `${isOurs ? 'another `headroom proxy`' : read(`/proc/${pid}/comm`).trim()} (process ${pid})`;
}

const listening = '0A';

/** Numbers of the sockets that listen there. */
function listenersIn(table: string, port: number): readonly string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local = '', , state, , , , , , inode = '']) => (local.endsWith(ending) && state === listening ? [inode] : []));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
