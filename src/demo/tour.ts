/** What the scripted model asks for in a demo: a look around as agents have it, with files read again. Pure: a look in, a script out. */
import { join, posix } from 'node:path';
import type { Look } from './look-around.ts';
import type { Script, ScriptedCall, Step } from './upstream-script.ts';

export const tourPrompt = 'Please have a look around in this folder.';

export interface TourOptions {
  readonly folder: string;
  /** Our own agent's have names of their own; others are asked with those they declare, or told the end at once where they have none. */
  readonly tools: 'own' | 'theirs' | 'none';
  /** For our own agent alone, and only where the user wants them run. */
  readonly testCommand: string | undefined;
}

export function planTour({ main, other, word, hasGit }: Look, { folder, tools, testCommand }: TourOptions): Script {
  const end = { text: 'That was the demo: the script that plays the model is over.' };
  if (tools === 'none') return { steps: [], plainSteps: [end] };
  const isOwn = tools === 'own';
  const at = (path: string) => (isOwn ? path : join(folder, path));
  const part = { offset: Math.floor(main.lines.length / 3), limit: Math.ceil(main.lines.length / 3) };
  const calls: readonly (ScriptedCall | undefined)[] = [
    isOwn ? { raw: 'List', input: { path: '.' } } : { shell: 'ls', description: 'Look around' },
    { read: at(main.path) },
    { grep: word, path: at(searchPlace(main.path)) },
    other && { read: at(other.path) },
    { read: at(main.path), ...part },
    hasGit
      ? isOwn
        ? { raw: 'Log', input: { count: 30 } }
        : { shell: 'git --no-pager log -n 30', description: 'Show the last commits' }
      : undefined,
    testCommand === undefined ? undefined : { raw: 'Test', input: { command: testCommand } },
    isOwn ? { read: main.path } : { shell: `cat ${quote(main.path)}`, description: 'Show it again' },
  ];
  const steps: readonly Step[] = calls.flatMap((call) => (call ? [{ calls: [call] }] : []));
  return { steps: [...steps, end], sideText: 'A demo' };
}

/** The folder of the file; at the top, where everything lies below, the file alone. */
function searchPlace(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? path : folder;
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
