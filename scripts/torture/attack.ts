/** What somebody could try who reaches our port, who is our upstream, or who can read our disk. */
import { createServer } from 'node:net';
import { listen } from '../../test/helpers/loopback-upstream.ts';
import { bomb } from './attack-bombs.ts';
import { attackDisk } from './attack-disk.ts';
import { attackDoor } from './attack-door.ts';
import { attackOpenDoor } from './attack-open.ts';
import { smuggle } from './attack-smuggling.ts';
import { attackStore } from './attack-store.ts';
import { timeSecret } from './attack-timing.ts';
import { poison } from './attack-upstream.ts';
import type { Part } from './part.ts';
import { type ProxyProcess, startProxyProcess } from './proxy-process.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';

export interface Besieged {
  readonly proxy: ProxyProcess;
  readonly port: number;
  /** With the secret. */
  readonly address: string;
  readonly upstream: ScriptedUpstream;
  /** Where nobody of ours ever connects to. */
  readonly trap: { readonly port: number; readonly visits: () => number };
}

export const attack: Part = async (options) => {
  const { checks } = options;
  const upstream = await startScriptedUpstream();
  const proxy = await startProxyProcess();
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ntrapped');
  });
  const trap = { port: await listen(server), visits: () => visits };
  try {
    const place = { proxy, upstream, trap, ...(await proxy.start(upstream.url)) };
    await smuggle(place, options);
    await attackDoor(place, options);
    await attackOpenDoor(place, options);
    await poison(place, options);
    timeSecret(options);
    await bomb(place, options);
    await attackDisk(options);
    await attackStore(options);
    const { uncaught } = await proxy.health();
    checks.equal('nothing was left uncaught', uncaught.join('\n'), '');
  } finally {
    server.close();
    await proxy.close();
    await upstream.close();
  }
};
