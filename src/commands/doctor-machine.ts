/** What the doctor sees of the machine: Node, terminals, loopback, the usual port, and variables of ours. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { wrapOptions } from '../config.ts';
import { messageOf } from '../errors.ts';
import type { Surroundings } from '../launch/launch.ts';
import { launchVariable } from '../launch/nesting.ts';
import { findPortOwner } from '../launch/port-owner.ts';
import { isLaunchRunning } from '../launch/private-folder.ts';
import { loadPty } from '../launch/terminal-spawn.ts';
import { findFreePort, listenOn } from '../proxy/listen.ts';
import { version } from '../version.ts';
import type { Finding } from './doctor.ts';

export async function checkMachine(surroundings: Surroundings): Promise<readonly Finding[]> {
  const { platform, ownFile } = surroundings;
  const about = `${version} on Node ${process.versions.node}, ${platform} ${process.arch}: ${ownFile}`;
  return [
    { part: 'headroom', state: 'ok', text: about },
    await checkPty(),
    await checkLoopback(),
    await checkPort(platform),
    ...(await checkVariables(surroundings)),
  ];
}

async function checkPty(): Promise<Finding> {
  const pty = await loadPty();
  if (typeof pty !== 'string') return { part: 'terminal', state: 'ok', text: 'node-pty is here: agents get a terminal of their own' };
  const advice = 'npm install -g headroom-wrap, without --omit=optional; or leave it: an agent then gets your terminal itself';
  return { part: 'terminal', state: 'note', text: `no node-pty (${pty.slice(0, 80)})`, advice };
}

/** Listens as a launch does, and asks itself. */
async function checkLoopback(): Promise<Finding> {
  const server = createServer();
  try {
    const port = await listenOn(server, '127.0.0.1', 0);
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => resolve(void socket.destroy()));
      socket.setTimeout(3000, () => reject(new Error('nobody answers')));
      socket.on('error', reject);
    });
    return { part: 'loopback', state: 'ok', text: 'a port of 127.0.0.1 can be had and reached' };
  } catch (thrown) {
    const advice = 'a sandbox or a firewall is in the way: allow connections to 127.0.0.1';
    return { part: 'loopback', state: 'todo', text: `no port of 127.0.0.1 can be used: ${messageOf(thrown)}`, advice };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const usualPort = 8787;

async function checkPort(platform: NodeJS.Platform): Promise<Finding> {
  const part = 'port';
  const server = createServer();
  try {
    await listenOn(server, '127.0.0.1', usualPort);
    return { part, state: 'ok', text: `${usualPort}, which \`headroom proxy\` takes, is free` };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EADDRINUSE') return { part, state: 'note', text: `${usualPort}: ${messageOf(thrown)}` };
    const owner = findPortOwner(usualPort, platform);
    if (owner?.startsWith('another `headroom proxy`'))
      return { part, state: 'ok', text: `${usualPort} is that of ${owner.replace('another', 'a')}` };
    const free = await findFreePort('127.0.0.1', usualPort);
    return {
      part,
      state: 'note',
      text: `${usualPort} is taken${owner ? ` by ${owner}` : ''}`,
      advice: `headroom proxy --port ${free ?? 0}`,
    };
  } finally {
    server.close();
  }
}

async function checkVariables({ environment, platform }: Surroundings): Promise<readonly Finding[]> {
  const set = Object.values(wrapOptions).filter(({ variable }) => environment[variable]?.trim());
  const findings = set.map(({ variable, description }): Finding => {
    const isOff =
      ['HEADROOM_OFF', 'HEADROOM_OBSERVE'].includes(variable) && !/^(?:0|false|no|off)$/i.test(environment[variable]?.trim() ?? '');
    const text = `${variable} is set: ${description.split(';')[0]}`;
    return { part: 'variable', state: 'note', text, ...(isOff ? { advice: `nothing gets smaller until you unset ${variable}` } : {}) };
  });
  const outer = environment[launchVariable];
  if (!outer) return findings;
  const isInside = await isLaunchRunning(outer, platform);
  const text = isInside
    ? 'this is inside a launch: its proxy serves agents started here'
    : 'this was started by a launch that is over; agents started here are not sent to it';
  return [...findings, { part: 'launch', state: 'note', text }];
}
