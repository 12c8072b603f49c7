/** `headroom doctor`: looks at everything a launch depends on, and says what to do where something is wrong. It changes nothing. */
import { Command } from 'commander';
import { Failure } from '../errors.ts';
import { version } from '../version.ts';
import { describeSurroundings } from './wrap.ts';

/** One line of it. */
export interface Finding {
  readonly part: string;
  /** `todo`: something must be done. `note`: nothing must, and it is good to know. */
  readonly state: 'ok' | 'note' | 'todo';
  readonly text: string;
  /** What to do, or what it means. */
  readonly advice?: string;
}

const examples = `
ok is as it should be, note is good to know, TODO must be done: then it ends
with the exit code 1. Agents are looked at as a launch in this folder would be.

Examples:
  headroom doctor
  headroom doctor --json | jq '.findings[] | select(.state == "todo")'`;

export function createDoctorCommand(): Command {
  return new Command('doctor')
    .description('look at what launches depend on, and say what to do')
    .helpOption('-h, --help', 'print this page')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(doctor);
}

async function doctor({ json = false }: { readonly json?: boolean }): Promise<void> {
  const [agents, machine, folders, sessions] = await Promise.all([
    ...([
      import('./doctor-agents.ts'),
      import('./doctor-machine.ts'),
      import('./doctor-folders.ts'),
      import('./doctor-sessions.ts'),
    ] as const),
  ]);
  const surroundings = describeSurroundings();
  const parts = [
    () => machine.checkMachine(surroundings),
    () => agents.checkAgents(surroundings),
    () => agents.checkTools(),
    () => folders.checkFolders(surroundings),
    () => folders.checkSettings(surroundings),
    () => sessions.checkSessions(surroundings),
  ];
  const findings: Finding[] = [];
  for (const check of parts) findings.push(...(await check()));
  const todo = findings.filter(({ state }) => state === 'todo').length;
  if (json) print(JSON.stringify({ version, node: process.versions.node, platform: process.platform, todo, findings }, undefined, 2));
  else {
    for (const finding of findings) print(line(finding));
    print(todo === 0 ? 'Nothing has to be done.' : `${todo} of these must be done.`);
  }
  if (todo > 0) process.exitCode = 1;
}

/** For a check that ended with a `Failure`: its message, and its hint as the advice. */
export function findingOf(part: string, thrown: unknown): Finding {
  if (!(thrown instanceof Failure)) throw thrown;
  return { part, state: 'todo', text: thrown.message, ...(thrown.hint ? { advice: thrown.hint } : {}) };
}

const words = { ok: 'ok', note: 'note', todo: 'TODO' } as const;

function line({ part, state, text, advice }: Finding): string {
  return `${words[state].padEnd(5)} ${part.padEnd(10)} ${text}${advice ? `\n${' '.repeat(17)}-> ${advice}` : ''}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
