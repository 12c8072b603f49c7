/** `headroom mcp install`, `uninstall` and `status`: our server in agents' own settings, put there and taken out again with care. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Failure } from '../errors.ts';
import { runOwnCommand } from '../launch/own-command.ts';
import { say } from '../launch/say.ts';
import { serverName } from '../mcp/agents.ts';
import { backupOf, type Change, carryOut, leftBeside, planCut, planPut, readEntry } from '../mcp/config-file.ts';
import { isOwnEntry, isSameEntry, readServer } from '../mcp/own-entry.ts';
import { forgetFile, rememberedFiles, rememberFile } from '../store/remembered-files.ts';
import { findTargets, ownStart, type Target } from './mcp-target.ts';
import { ownPlaces } from './own-places.ts';
import { describeSurroundings } from './wrap.ts';

export interface InstallFlags {
  readonly file?: readonly string[];
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export async function install(names: readonly string[], { file = [], dryRun = false, force = false }: InstallFlags): Promise<void> {
  const isAsked = names.length > 0 || file.length > 0;
  const targets = findTargets(names, file).filter((target) => isAsked || target.isHere);
  if (targets.length === 0)
    throw new Failure('no-agent', 'No agent is found here', 'Name one: headroom mcp install claude, or give its file: --file PATH');
  const start = ownStart();
  let isChanged = false;
  await each(targets, async ({ file: path, spelling, own, isAgent }) => {
    const entry = readEntry(path, spelling);
    const wanted = spelling.entry(start);
    if (!isAgent && !dryRun) rememberFile(ownPlaces().configFolder, path);
    if (isSameEntry(entry, wanted)) return 'is there already';
    const isForeign = entry !== undefined && !isOwnEntry(entry);
    if (isForeign && !force) {
      const what = readServer(entry)?.words.join(' ') ?? 'at an address';
      throw new Failure(
        'another-server',
        `${path} has another server named headroom: ${what}`,
        '--force puts ours in its place; uninstall gives it back.',
      );
    }
    isChanged = !dryRun;
    // Only a file of ours can hold what stood there before.
    if (own && !isForeign) {
      const commands = [...(entry === undefined ? [] : [own.remove]), own.add(start)];
      return runAll(own.path, own.program, commands, dryRun, 'added');
    }
    return change(planPut(path, spelling, wanted, isOwnEntry), dryRun, `added to ${path}`);
  });
  if (isChanged) process.stdout.write('An agent that runs now sees the tools when it is started again.\n');
}

export async function uninstall(names: readonly string[], { file = [], dryRun = false }: InstallFlags): Promise<void> {
  const isAsked = names.length > 0 || file.length > 0;
  const targets = findTargets(names, file).filter((target) => isAsked || isIn.includes(stateOf(target)));
  if (targets.length === 0) process.stdout.write('It is in no agent.\n');
  await takeOut(targets, dryRun);
}

/** Out of all agents and all files that it was put into, with what else we left beside them. Says how many there were. */
export async function uninstallEverywhere(dryRun: boolean): Promise<number> {
  const targets = findTargets([], rememberedFiles(ownPlaces().configFolder), 'all').filter(
    (target) => isIn.includes(stateOf(target)) || mentionsUs(target) || leftBeside(target.file).length > 0,
  );
  await takeOut(targets, dryRun);
  return targets.length;
}

async function takeOut(targets: readonly Target[], dryRun: boolean): Promise<void> {
  await each(targets, async ({ file: path, spelling, own, isAgent }) => {
    const isThere = isOwnEntry(readEntry(path, spelling));
    const done = !isThere
      ? clearBeside(path, dryRun)
      : own && !existsSync(backupOf(path))
        ? await runAll(own.path, own.program, [own.remove], dryRun, 'removed')
        : change(planCut(path, spelling), dryRun, `removed from ${path}`);
    if (!isAgent && !dryRun) forgetFile(ownPlaces().configFolder, path);
    return done;
  });
}

/** Whether a file that cannot be read as what it should be may hold an entry of ours all the same. */
function mentionsUs(target: Target): boolean {
  try {
    return stateOf(target) === 'unreadable' && readFileSync(target.file, 'latin1').includes(serverName);
  } catch {
    return false;
  }
}

/** Of no use without our entry: somebody else took that out. */
function clearBeside(file: string, dryRun: boolean): string {
  const paths = leftBeside(file);
  if (paths.length === 0) return 'was not there';
  if (!existsSync(file)) return `was not there; ${paths.join(', ')} stays: the file that it is of is gone`;
  if (!dryRun) for (const path of paths) rmSync(path, { force: true });
  return `was not there; ${dryRun ? 'would remove' : 'removed'} ${paths.join(', ')}`;
}

export function status({ json = false }: { readonly json?: boolean }): void {
  const rows = readStates();
  if (json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  else
    for (const { name, state, file } of rows)
      process.stdout.write(`${name.padEnd(10)}${state.padEnd(15)}${state === 'not here' ? '' : file}\n`.replace(/ +\n/, '\n'));
}

export function readStates() {
  return findTargets([], []).map((target) => ({ name: target.name, title: target.title, state: stateOf(target), file: target.file }));
}

/** The states in which an entry of ours is there. */
const isIn = ['installed', 'program gone'];

function stateOf(target: Target): string {
  try {
    const entry = readEntry(target.file, target.spelling);
    if (entry === undefined) return target.isHere ? 'not installed' : 'not here';
    if (!isOwnEntry(entry)) return 'another one';
    // As after a new version of Node that stands elsewhere.
    const [command = '', file = ''] = readServer(entry)?.words ?? [];
    return existsSync(command) && existsSync(file) ? 'installed' : 'program gone';
  } catch {
    return 'unreadable';
  }
}

/** One after the other; what fails for one is told, and the others go on. */
async function each(targets: readonly Target[], work: (target: Target) => Promise<string>): Promise<void> {
  let failed = 0;
  for (const target of targets) {
    try {
      process.stdout.write(`${target.name.padEnd(9)} ${await work(target)}\n`);
    } catch (thrown) {
      if (!(thrown instanceof Failure) || targets.length === 1) throw thrown;
      say(`headroom: ${target.name}: ${thrown.message}\n${thrown.hint}`.trimEnd());
      failed++;
    }
  }
  if (failed > 0) throw new Failure('not-all', `${failed} of ${targets.length} agents were left as they are`);
}

async function runAll(
  path: string,
  program: string,
  commands: readonly (readonly string[])[],
  dryRun: boolean,
  done: string,
): Promise<string> {
  const spelled = commands.map((words) => [program, ...words].map((word) => (/[\s"']/.test(word) ? JSON.stringify(word) : word)).join(' '));
  if (dryRun) return `would run: ${spelled.join(' && ')}`;
  const { environment, workingFolder } = describeSurroundings();
  for (const [at, args] of commands.entries()) {
    const wrong = await runOwnCommand({ program: path, args, environment, cwd: workingFolder });
    if (wrong !== undefined) throw new Failure('own-command-failed', `\`${spelled[at]}\` failed: ${wrong}`);
  }
  return `${done} by \`${[program, ...(commands.at(-1) ?? [])].slice(0, 3).join(' ')}\``;
}

function change(planned: Change, dryRun: boolean, done: string): string {
  const verb = planned.before === undefined ? 'write' : planned.after === undefined ? 'remove' : 'change';
  if (dryRun) return `would ${verb} ${planned.file}\n${differenceOf(planned)}`;
  carryOut(planned);
  return done;
}

/** The lines that go and come, with three around them. */
function differenceOf({ before = '', after = '' }: Change): string {
  const [old, now] = [before, after].map((text) => text.split('\n')) as [string[], string[]];
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const from = Math.max(0, head - 3);
  return [
    `@@ line ${from + 1} @@`,
    ...old.slice(from, head).map((line) => ` ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+${line}`),
    ...old.slice(old.length - tail, old.length - tail + 3).map((line) => ` ${line}`),
  ].join('\n');
}
