/** `headroom wrap`: one agent behind a proxy of its own. Everything after the agent's name is the agent's. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { Command } from 'commander';
import { refusals, wrapCommand, wrappers } from '../../wrappers/index.ts';
import { type OptionName, resolveWrapSettings, type WrapFlags, wrapOptions } from '../config.ts';
import { Failure } from '../errors.ts';
import type { Surroundings } from '../launch/launch.ts';
import { say } from '../launch/say.ts';
import type { ListedWrapper, Wrapper } from '../launch/wrapper.ts';
import { version } from '../version.ts';
import { addWrapOption } from './add-options.ts';
import { describeUnknown, loadSettings } from './settings.ts';

// Each line of help has to fit 80 columns, and the page a screen.
const examples = `
Agents: ${inLines(wrappers.map(({ name }) => name)).join('\n        ')}
Options are variables too (HEADROOM_QUIET=1); to keep them: headroom config

Examples:
  headroom wrap claude --resume         what follows the agent's name is its own
  headroom wrap claude -p "why?" | jq   nothing of ours on stdout
  headroom wrap --observe claude        see what would be removed
  headroom wrap -- python agent.py      what honours OPENAI_BASE_URL and such`;

function inLines(words: readonly string[]): readonly string[] {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length > 68) lines.push(word);
    else lines[lines.length - 1] = line ? `${line}, ${word}` : word;
  }
  return lines;
}

/** What can follow `headroom wrap`. */
export const agentNames: readonly string[] = wrappers.map(({ name }) => name);

/** Whether somebody who typed this word meant `headroom wrap` before it. */
export function isAgentName(word: string): boolean {
  return agentNames.includes(word);
}

export function createWrapCommand(): Command {
  const command = new Command('wrap')
    .description('run an agent behind a private proxy that shrinks what it reads')
    .usage("[options] <agent> [agent's arguments...]\n       headroom wrap [options] -- <command> [arguments...]")
    .argument('[agent]')
    .argument('[args...]')
    .helpOption('-h, --help', 'print this page')
    .passThroughOptions()
    .addHelpText('after', examples)
    .action(wrap);
  for (const name of Object.keys(wrapOptions) as OptionName[]) addWrapOption(command, name);
  return command;
}

/** The agent that a word means; a `Failure` where there is none. */
export function findWrapper(agent: string): ListedWrapper {
  const wrapper = wrappers.find(({ name }) => name === agent);
  if (wrapper) return wrapper;
  const refusal = Object.hasOwn(refusals, agent) ? refusals[agent] : undefined;
  if (refusal) throw new Failure('agent-refused', `${refusal.title} cannot be wrapped: ${refusal.reason}`, refusal.hint);
  throw new Failure('unknown-agent', `There is no agent \`${agent}\``, `${names} Any other command: headroom wrap -- ${agent}`);
}

const names = `Agents: ${wrappers.map(({ name }) => name).join(', ')}.`;

/** After `--` stands any command; the name of an agent is that agent all the same. */
function chooseWrapper(word: string, isAny: boolean): Wrapper {
  if (!isAny || isAgentName(word)) return findWrapper(word);
  // With a slash in it it is a path, as in a shell.
  return wrapCommand(basename(word), /[\\/]/.test(word) ? resolve(word) : word);
}

/** Whether `--` stands before the agent: commander takes it away, and leaves whatever follows the agent as it is. */
function isAfterDashes(args: readonly string[]): boolean {
  return process.argv.at(-args.length - 2) === '--';
}

async function wrap(agent: string | undefined, args: readonly string[], flags: WrapFlags): Promise<void> {
  if (agent === undefined) throw new Failure('no-agent', 'Which agent?', `${names} Example: headroom wrap ${wrappers[0]?.name}`);
  const wrapper = chooseWrapper(agent, isAfterDashes(args));
  const file = await loadSettings();
  const settings = resolveWrapSettings(flags, process.env, file);
  if (!settings.isQuiet) for (const line of describeUnknown(file)) say(line);
  const { runSession } = await import('../launch/session.ts');
  const exit = await runSession(wrapper, args, settings, describeSurroundings());
  const { leave } = await import('../launch/terminal.ts');
  leave(exit);
}

/** The process we are, as a launch sees it. */
// Not by `process.stdin` and `process.stdout`: to touch them changes a pipe that the agent will inherit.
export function describeSurroundings(): Surroundings {
  return {
    version,
    environment: { ...process.env },
    platform: process.platform,
    homeFolder: homedir(),
    workingFolder: process.cwd(),
    ownFile: realpathSync(process.argv[1] ?? process.execPath),
    isInteractive: isatty(0) && isatty(1),
  };
}
