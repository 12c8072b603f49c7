/** How an agent starts our MCP server: Node and our own file by their absolute paths, never by a name that may lead elsewhere tomorrow. Pure. */
import { isAbsolute, join } from 'node:path';
import type { ServerStart } from '../mcp/agents.ts';
import type { Surroundings } from './launch.ts';

/** What an agent may not hand on, and what says where our folders are. */
const placeVariables = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME'];

/** `privateFolder`: what is kept goes with it, of a launch that leaves nothing. */
export function describeToolServer({ ownFile, environment, platform }: Surroundings, privateFolder?: string): ServerStart {
  const set = (platform === 'win32' ? [] : placeVariables).flatMap((name) => {
    const value = environment[name];
    return value && isAbsolute(value) ? [[name, value]] : [];
  });
  return {
    command: process.execPath,
    args: [ownFile, 'mcp', ...(privateFolder === undefined ? [] : ['--originals', join(privateFolder, 'originals')])],
    environment: Object.fromEntries(set),
  };
}
