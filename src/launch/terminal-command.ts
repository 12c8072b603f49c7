/** Finds the program behind a command before anything is started: a PTY could only report a missing one as exit code 1. */
import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { Failure } from '../errors.ts';
import type { AgentStart } from './terminal.ts';

/** Absolute path of the program that a shell would run for this command. Throws a Failure with exit code 127 or 126. */
export function findCommand(
  start: Pick<AgentStart, 'command' | 'environment' | 'cwd'>,
  platform: NodeJS.Platform = process.platform,
): string {
  const candidates = platform === 'win32' ? windowsCandidates(start) : posixCandidates(start);
  const files = candidates.filter(isFile);
  const found = files.find((file) => platform === 'win32' || isExecutable(file));
  if (found) return found;
  if (files[0]) throw new Failure('agent-not-executable', `${files[0]} is not executable`, `chmod +x ${files[0]}`, 126);
  throw new Failure('agent-missing', `${start.command}: command not found`, 'Install it, or check PATH.', 127);
}

function posixCandidates({ command, environment, cwd }: Pick<AgentStart, 'command' | 'environment' | 'cwd'>): string[] {
  if (command.includes('/')) return [posix.resolve(cwd, command)];
  if (command === '') return [];
  return (environment.PATH ?? '/bin:/usr/bin').split(':').map((folder) => posix.resolve(cwd, folder, command));
}

// Windows looks into the working folder first and only at the endings in PATHEXT, unless the command has one of them already.
function windowsCandidates({ command, environment, cwd }: Pick<AgentStart, 'command' | 'environment' | 'cwd'>): string[] {
  if (command === '') return [];
  const value = (name: string) => Object.entries(environment).find(([key]) => key.toUpperCase() === name)?.[1];
  const endings = (value('PATHEXT') || '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const isWhole = endings.some((ending) => command.toLowerCase().endsWith(ending.toLowerCase()));
  const folders = /[\\/]/.test(command) ? [cwd] : [cwd, ...(value('PATH') ?? '').split(';').map((folder) => folder.replaceAll('"', ''))];
  const names = isWhole ? [command] : endings.map((ending) => command + ending.toLowerCase());
  return folders.filter(Boolean).flatMap((folder) => names.map((name) => win32.resolve(cwd, folder, name)));
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
