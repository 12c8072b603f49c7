/** `headroom uninstall`: takes away all that we have put on this machine, and says what that was. The program itself is npm's to remove. */
import { Command } from 'commander';
import { Failure, messageOf } from '../errors.ts';
import { listOwnFiles, removeOwnFiles, removeOwnFolders } from '../launch/own-files.ts';
import { findIdleLaunches, findRunningLaunches } from '../launch/private-folder.ts';
import { say } from '../launch/say.ts';
import { cacheParts, type Places } from '../store/place.ts';
import { readLedger } from '../store/read-ledger.ts';
import { sayBytes, sayCount } from '../text/say-amount.ts';
import { takeOutScripts } from './completion-scripts.ts';
import { mentionsHook, takeOutHook } from './cursor.ts';
import { ownPlaces } from './own-places.ts';
import { describeSurroundings } from './wrap.ts';

const examples = `
Out of agents' settings goes our entry alone, and what stood in its place comes
back. Then scripts for completion, the cache and the settings. While anything of
ours runs it changes nothing; with --force it leaves what runs its own folder,
and has to be run again afterwards. Last: npm uninstall -g headroom-wrap

Examples:
  headroom uninstall --dry-run        show what would go
  headroom uninstall`;

interface UninstallFlags {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export function createUninstallCommand(): Command {
  return new Command('uninstall')
    .description('take all that is ours off this machine')
    .helpOption('-h, --help', 'print this page')
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--force', 'even while a session runs')
    .addHelpText('after', examples)
    .action(uninstall);
}

async function uninstall({ dryRun = false, force = false }: UninstallFlags): Promise<void> {
  const places = ownPlaces();
  const { dead, elsewhere } = await findIdleLaunches(places.cacheFolder, process.platform);
  const inUse = [...(await describeRunning(places)), ...elsewhere.map((path) => `a launch of another machine or container (${path})`)];
  if (inUse.length > 0 && !force && !dryRun) {
    throw new Failure(
      'still-running',
      `Still running: ${inUse.join('; ')}`,
      'End it first; --force leaves what it uses, and takes the rest.',
    );
  }
  for (const each of inUse) say(`headroom: still running: ${each}`);

  const agents = await takeOutOfAgents(dryRun);
  const scripts = takeOutScripts(dryRun, describeSurroundings());
  for (const line of scripts.done) print(line);
  const files = listOwnFiles(places, force ? [...dead, ...elsewhere] : dead);
  const stuck = dryRun ? [] : removeOwnFiles(files);
  for (const { noun, which, paths, bytes } of files)
    print(`${dryRun ? 'would remove' : 'removed'} ${sayCount(paths.length, noun)}${which}: ${sayBytes(bytes)}`);
  const others = dryRun ? [] : removeOwnFolders(places).filter((path) => inUse.length === 0 && !stuck.some((each) => each.path === path));
  for (const path of others) print(`left ${path}: it is not ours`);
  const toDo = [...agents.failures, ...scripts.toDo, ...stuck.map(({ path, thrown }) => `${path} stays: ${messageOf(thrown)}`)];
  if (toDo.length > 0) {
    for (const line of toDo) say(`headroom: ${line}`);
    const rest = dryRun ? 'See above; the rest would be done.' : 'See above; the rest is done.';
    throw new Failure('not-all', `${sayCount(toDo.length, 'thing')} left to do by hand`, rest);
  }
  if (agents.count + scripts.done.length + files.length === 0) print('There was nothing to remove.');
  if (!dryRun) print('What is left is the program itself: npm uninstall -g headroom-wrap');
}

/** Who runs, as far as the ledger knows them. */
async function describeRunning({ cacheFolder }: Places): Promise<readonly string[]> {
  const running = await findRunningLaunches(cacheFolder, process.platform);
  if (running.length === 0) return [];
  const known = new Map<string, string>();
  readLedger(cacheParts(cacheFolder).ledger, ({ launch, agent, project }) => known.set(launch, `${agent} in ${project.name}, `));
  return running.map(({ id, pid }) => `${known.get(id) ?? ''}process ${pid}`);
}

async function takeOutOfAgents(dryRun: boolean): Promise<{ readonly count: number; readonly failures: readonly string[] }> {
  const { uninstallEverywhere } = await import('./mcp-install.ts');
  const failures: string[] = [];
  let count = 0;
  for (const step of [takeOutHookOfOurs, uninstallEverywhere]) {
    try {
      count += Number(await step(dryRun));
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      failures.push(`${thrown.message}${thrown.hint && `. ${thrown.hint}`}`);
    }
  }
  return { count, failures };
}

/** A file of hooks that does not parse is a matter of ours only where it names us. */
async function takeOutHookOfOurs(dryRun: boolean): Promise<boolean> {
  return mentionsHook() && (await takeOutHook(dryRun));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
