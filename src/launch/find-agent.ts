/** Finds the agent's program on PATH, and never one that would start us again. */
import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../errors.ts';
import type { Wrapper } from './wrapper.ts';

export interface AgentSearch {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly workingFolder: string;
  /** The file we run from: a link to it under the agent's name is not the agent. */
  readonly ownFile: string;
}

type Sought = Pick<Wrapper, 'title' | 'command' | 'otherCommands' | 'recognises' | 'lookalike' | 'install' | 'otherPlaces'>;

/** The program's path; undefined where there is none. */
export function lookForAgent(wrapper: Sought, search: AgentSearch): string | undefined {
  try {
    return findAgent(wrapper, search);
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

/** The program's path; a `Failure` with exit code 127 where there is none. */
export function findAgent(wrapper: Sought, search: AgentSearch): string {
  // Found before, as for a demo.
  if (isAbsolute(wrapper.command)) return wrapper.command;
  const folders = readVariable(search, 'PATH')
    .split(search.platform === 'win32' ? ';' : ':')
    .map((folder) => (search.platform === 'win32' ? folder.replace(/^"|"$/g, '') : folder));
  const extensions = search.platform === 'win32' ? programExtensions(search) : [''];
  const find = (names: readonly string[], places: readonly string[], recognises: Wrapper['recognises']) => {
    const inFolders = names.flatMap((name) => folders.map((folder) => join(resolve(search.workingFolder, folder), name)));
    const paths = [...inFolders, ...places].flatMap((base) => extensions.map((extension) => base + extension));
    return paths.find(
      (path) => isProgram(path, search.platform) && !isOurselves(path, search.ownFile) && (!recognises || isRecognised(path, recognises)),
    );
  };
  const names = [wrapper.command, ...(wrapper.otherCommands ?? [])];
  const found = find(names, wrapper.otherPlaces(search.homeFolder), wrapper.recognises);
  if (found !== undefined) return found;
  const { lookalike } = wrapper;
  if (lookalike && find([lookalike.command], [], undefined)) throw new Failure('agent-missing', lookalike.message, lookalike.hint, 127);
  const sayNames = names.map((name) => `\`${name}\``).join(' or ');
  throw new Failure(
    'agent-missing',
    `${wrapper.title} (${sayNames}) is not on PATH${wrapper.install && `; install it: ${wrapper.install}`}`,
    '',
    127,
  );
}

function programExtensions(search: AgentSearch): readonly string[] {
  const listed = readVariable(search, 'PATHEXT').split(';').filter(Boolean);
  return listed.length > 0 ? listed.map((extension) => extension.toLowerCase()) : ['.com', '.exe', '.bat', '.cmd'];
}

// A copy of a Windows environment has lost that names there have no case.
function readVariable({ environment, platform }: AgentSearch, name: string): string {
  if (platform !== 'win32') return environment[name] ?? '';
  return Object.entries(environment).find(([key]) => key.toUpperCase() === name)?.[1] ?? '';
}

function isProgram(path: string, platform: NodeJS.Platform): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    if (platform !== 'win32') accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A link to us, or a small script that says `headroom wrap`: people put such a thing before the real agent. */
function isOurselves(path: string, ownFile: string): boolean {
  try {
    if (realpathSync(path) === realpathSync(ownFile)) return true;
    const start = readStart(path);
    const isScript = start.startsWith('#!') || /\.(?:cmd|bat)$/i.test(path);
    return isScript && /\bheadroom(?:-wrap)?\b[^\n]*\bwrap\b/.test(start);
  } catch {
    return false;
  }
}

function isRecognised(path: string, recognises: NonNullable<Wrapper['recognises']>): boolean {
  try {
    return recognises({ path: realpathSync(path), start: readStart(path) });
  } catch {
    return false;
  }
}

function readStart(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4096);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}
