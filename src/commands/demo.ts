/** `headroom demo`: a launch like any other, with a script on this machine in the model's place. Without an agent's name ours is launched. */
import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, parse, relative, resolve, sep } from 'node:path';
import { Command } from 'commander';
import { resolveWrapSettings, type WrapFlags, wrapOptions } from '../config.ts';
import { findTests } from '../demo/find-tests.ts';
import { type Look, lookAround } from '../demo/look-around.ts';
import { planTour } from '../demo/tour.ts';
import { Failure } from '../errors.ts';
import type { Surroundings } from '../launch/launch.ts';
import { findCommand } from '../launch/terminal-command.ts';
import { findDemoAgent, ownLaunch, realLaunch, withNotes } from './demo-launch.ts';
import { type DemoPlace, makeDemoPlace } from './demo-place.ts';
import { loadSettings } from './settings.ts';
import { describeSurroundings } from './wrap.ts';

const examples = `
It needs no key and no network: a script on this machine stands in for the
model. Files of this folder are read, and nothing is written.

Examples:
  headroom demo                        a small agent of our own
  headroom demo --with-tests           the same, and your tests are run once
  headroom demo claude                 a real one, with nothing of yours in it
  headroom demo --explain why.jsonl    what became of each result, and why`;

const options = [wrapOptions.observe, wrapOptions.profile, wrapOptions.pty, wrapOptions.receiptJson, wrapOptions.explain];

interface DemoFlags extends WrapFlags {
  readonly withTests?: boolean;
}

export function createDemoCommand(): Command {
  const command = new Command('demo')
    .description('see it work in this folder: no key, no network')
    .usage('[options] [agent]')
    .argument('[agent]')
    .allowExcessArguments(false)
    .helpOption('-h, --help', 'print this page')
    .addHelpText('after', examples)
    .option('--with-tests', "also run this folder's tests once, as you would")
    .action(demo);
  for (const { flag, description } of options) command.option(flag, description);
  return command;
}

async function demo(name: string | undefined, flags: DemoFlags): Promise<void> {
  const here = describeSurroundings();
  if (name !== undefined && flags.withTests)
    throw new Failure('demo-tests', '--with-tests is for the agent of the demo', 'Try: headroom demo --with-tests');
  const agent = name === undefined ? undefined : findDemoAgent(name, here);
  const file = await loadSettings();
  // What is wrong with the words is said before anything is put up.
  resolveWrapSettings(flags, process.env, file);
  const [{ runSession }, { startUpstream }, { loadCounter }] = await Promise.all([
    import('../launch/session.ts'),
    import('../demo/upstream.ts'),
    import('../tokens/count.ts'),
  ]);
  const place = makeDemoPlace(here);
  try {
    const { look, folder, isOurs } = chooseFolder(here, place);
    const tests = agent || isOurs ? undefined : findTests(folder, (program) => isInstalled(program, here));
    const testCommand = flags.withTests ? tests : undefined;
    const tour = planTour(look, { folder, testCommand, tools: agent ? (agent.demo.hasTools ? 'theirs' : 'none') : 'own' });
    const count = remembering(await loadCounter());
    const upstream = await startUpstream({ script: tour, cache: { count } });
    try {
      const chosen = { ...resolveWrapSettings({ ...flags, upstream: [upstream.url], ephemeral: true }, process.env, file), isDemo: true };
      // The agent may stand elsewhere; who named a file stands here.
      const asNamed = (path: string | undefined) => path && resolve(here.workingFolder, path);
      const settings = { ...chosen, receiptFile: asNamed(chosen.receiptFile), explainFile: asNamed(chosen.explainFile) };
      const files = [look.main, ...(look.other ? [look.other] : [])].map(({ path }) => path);
      const isCopy = agent?.demo.worksInCopy ?? false;
      const scene = { ...here, workingFolder: isCopy ? place.copy(folder, files) : folder };
      const launch = agent
        ? realLaunch(agent, scene, place, { upstream: upstream.url, files, word: look.word })
        : ownLaunch(scene, testCommand);
      const notes = [
        'a script on this machine stands in for the model; nothing is sent anywhere, and no figure here is a bill',
        ...(isOurs ? ['there is little to read in this folder: the demo reads sample texts of ours'] : []),
        ...(isCopy ? [`${launch.wrapper.title} works in a copy of ${files.join(' and ')}, which goes with the demo`] : []),
        ...describeTests(tests, flags),
      ];
      const named = notes.map((note) => `demo: ${note}`);
      const exit = await runSession(withNotes(launch.wrapper, named), launch.args, settings, launch.surroundings);
      const { leave } = await import('../launch/terminal.ts');
      leave(exit);
    } finally {
      await upstream.close();
    }
  } finally {
    place.remove();
  }
}

interface DemoFolder {
  readonly look: Look;
  readonly folder: string;
  /** Sample texts of ours, which are gone with the demo. */
  readonly isOurs: boolean;
}

/** The folder we stand in, if there is something to read. */
function chooseFolder(here: Surroundings, place: DemoPlace): DemoFolder {
  const found = isTooWide(here) ? undefined : lookAround(here.workingFolder);
  if (found) return { look: found, folder: here.workingFolder, isOurs: false };
  const folder = place.placeSamples();
  const look = lookAround(folder);
  if (!look) throw new Failure('no-samples', 'the sample texts of the demo cannot be read', 'Try it in a folder with some code.');
  // The samples have no history; what lies above them is the user's.
  return { look: { ...look, hasGit: false }, folder, isOurs: true };
}

function describeTests(tests: string | undefined, { withTests }: DemoFlags): readonly string[] {
  if (tests === undefined) return withTests ? ['no tests were found here that can be run'] : [];
  return withTests ? [`your tests are run once: ${tests}`] : [`your tests are not run; with --with-tests they are, once: ${tests}`];
}

function isInstalled(command: string, { environment, workingFolder, platform }: Surroundings): boolean {
  try {
    return findCommand({ command, environment, cwd: workingFolder }, platform) !== '';
  } catch {
    return false;
  }
}

/** A disk, a home folder and what holds one are no project, and some systems ask their user before its folders are read. */
function isTooWide({ workingFolder, homeFolder }: Surroundings): boolean {
  const way = relative(workingFolder, existsSync(homeFolder) ? realpathSync(homeFolder) : homeFolder);
  const holdsHome = way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  return holdsHome || workingFolder === parse(workingFolder).root;
}

/** Each text is counted once: every request holds those before it. */
function remembering(count: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const tokens = known.get(text) ?? count(text);
    known.set(text, tokens);
    return tokens;
  };
}
