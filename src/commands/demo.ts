/** `headroom demo`: a launch like any other, with a script on this machine in the model's place. Without an agent's name ours is launched. */

import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, parse, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { resolveWrapSettings, type WrapFlags, wrapOptions } from '../config.ts';
import { lookAround } from '../demo/look-around.ts';
import { planTour, tourPrompt } from '../demo/tour.ts';
import { Failure } from '../errors.ts';
import { findAgent } from '../launch/find-agent.ts';
import type { Surroundings } from '../launch/launch.ts';
import type { Wrapper } from '../launch/wrapper.ts';
import { type DemoPlace, demoEnvironment, makeDemoPlace } from './demo-place.ts';
import { loadSettings } from './settings.ts';
import { describeSurroundings, findWrapper } from './wrap.ts';

const examples = `
It needs no key and no network: a script on this machine stands in for the
model. Files of this folder are read, and nothing is written.

Examples:
  headroom demo                        a small agent of our own
  headroom demo claude                 a real one, with nothing of yours in it
  headroom demo --explain why.jsonl    what became of each result, and why`;

const options = [wrapOptions.observe, wrapOptions.profile, wrapOptions.pty, wrapOptions.receiptJson, wrapOptions.explain];

export function createDemoCommand(): Command {
  const command = new Command('demo')
    .description('see it work in this folder: no key, no network')
    .usage('[options] [agent]')
    .argument('[agent]')
    .allowExcessArguments(false)
    .helpOption('-h, --help', 'print this page')
    .addHelpText('after', examples)
    .action(demo);
  for (const { flag, description } of options) command.option(flag, description);
  return command;
}

async function demo(agent: string | undefined, flags: WrapFlags): Promise<void> {
  const here = describeSurroundings();
  const wrapper = agent === undefined ? undefined : findDemoAgent(agent, here);
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
    const found = isTooWide(here) ? undefined : lookAround(here.workingFolder);
    const workingFolder = found ? here.workingFolder : place.placeSamples();
    const look = found ?? lookAround(workingFolder);
    if (!look) throw new Failure('no-samples', 'the sample texts of the demo cannot be read', 'Try it in a folder with some code.');
    // The samples have no history; what lies above them is the user's.
    const tour = planTour({ ...look, hasGit: look.hasGit && found !== undefined }, workingFolder, !wrapper);
    const count = remembering(await loadCounter());
    const upstream = await startUpstream({ script: tour, cache: { count } });
    try {
      const settings = resolveWrapSettings({ ...flags, upstream: [upstream.url], ephemeral: true }, process.env, file);
      const scene = { ...here, workingFolder };
      const notes = [noBill, ...(found ? [] : ['there is little to read in this folder: the demo reads sample texts of ours'])];
      const launch = wrapper ? realLaunch(wrapper, scene, place, upstream.url) : ownLaunch(scene);
      const exit = await runSession(withNotes(launch.wrapper, notes), launch.args, settings, launch.surroundings);
      const { leave } = await import('../launch/terminal.ts');
      leave(exit);
    } finally {
      await upstream.close();
    }
  } finally {
    place.remove();
  }
}

const noBill = 'demo: a script on this machine stands in for the model; nothing is sent anywhere, and no figure here is a bill';

interface DemoLaunch {
  readonly wrapper: Wrapper;
  readonly args: readonly string[];
  readonly surroundings: Surroundings;
}

/** Our own agent, which gets the address in a private file. */
function ownLaunch(surroundings: Surroundings): DemoLaunch {
  const fileName = 'demo.json';
  const wrapper: Wrapper = {
    name: 'demo',
    title: 'the demo',
    command: process.execPath,
    install: '',
    otherPlaces: () => [],
    opensFiles: true,
    readsFiles: () => [],
    plan: ({ args, privateFolder, proxyAddress }) => ({
      command: process.execPath,
      args: [...args, join(privateFolder, fileName)],
      environment: {},
      files: [{ name: fileName, text: JSON.stringify({ address: proxyAddress }) }],
      upstream: '',
      network: {},
      notes: [],
      callsModel: true,
      runsBare: false,
    }),
  };
  return { wrapper, args: [fileURLToPath(new URL('./demo-agent.js', import.meta.url))], surroundings };
}

/** A real agent with a home of its own. Should there be no proxy after all, it still has nothing but the demo's upstream to go to. */
function realLaunch(wrapper: Wrapper, surroundings: Surroundings, { homeFolder }: DemoPlace, upstream: string): DemoLaunch {
  const start = wrapper.demo?.({ homeFolder, platform: surroundings.platform, upstream, prompt: tourPrompt });
  if (!start) throw unknownDemo(wrapper);
  const environment = demoEnvironment(surroundings, homeFolder, start.environment);
  return { wrapper, args: start.args, surroundings: { ...surroundings, homeFolder, environment } };
}

/** The agent with its program found, while the user's home is still in sight. */
function findDemoAgent(name: string, surroundings: Surroundings): Wrapper {
  const wrapper = findWrapper(name);
  if (!wrapper.demo) throw unknownDemo(wrapper);
  return { ...wrapper, command: findAgent(wrapper, surroundings) };
}

function unknownDemo({ name, title }: Wrapper): Failure {
  return new Failure(
    'no-demo',
    `${title} cannot be shown yet: how to keep it from your own settings is not known`,
    `Try: headroom demo, or headroom wrap ${name}`,
  );
}

function withNotes(wrapper: Wrapper, notes: readonly string[]): Wrapper {
  return {
    ...wrapper,
    plan: (situation) => {
      const plan = wrapper.plan(situation);
      // A bare run would be no demo.
      if (plan.runsBare)
        throw new Failure('no-demo', `${wrapper.title}: ${plan.notes[0] ?? 'it would not come to the proxy'}`, 'Try: headroom demo');
      return { ...plan, notes: [...notes, ...plan.notes] };
    },
  };
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
