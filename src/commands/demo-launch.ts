/** The launch that a demo makes: our own agent, or a real one with a home, a configuration and a key that are thrown away. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentSettings } from '../demo/agent.ts';
import { tourPrompt } from '../demo/tour.ts';
import { Failure } from '../errors.ts';
import { findAgent } from '../launch/find-agent.ts';
import type { Surroundings } from '../launch/launch.ts';
import type { Demo, DemoSituation, ListedWrapper, Wrapper } from '../launch/wrapper.ts';
import { type DemoPlace, demoEnvironment } from './demo-place.ts';
import { findWrapper } from './wrap.ts';

export interface DemoLaunch {
  readonly wrapper: Wrapper;
  readonly args: readonly string[];
  readonly surroundings: Surroundings;
}

/** A real agent, its program found, and how it is shown. */
export interface DemoAgent {
  readonly wrapper: Wrapper;
  readonly demo: Demo;
}

/** Looked for while the user's home is still in sight; a `Failure` where it is missing or cannot be shown. */
export function findDemoAgent(name: string, surroundings: Surroundings): DemoAgent {
  const wrapper: ListedWrapper = findWrapper(name);
  const { demo, title } = wrapper;
  if (typeof demo === 'string')
    throw new Failure('no-demo', `${title} cannot be shown: ${demo}`, `Try: headroom demo, or headroom wrap ${name}`);
  return { wrapper: { ...wrapper, command: findAgent(wrapper, surroundings) }, demo };
}

/** Our own agent, which gets the address in a private file. */
export function ownLaunch(surroundings: Surroundings, testCommand: string | undefined): DemoLaunch {
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
      environment: testCommand === undefined ? {} : testEnvironment,
      files: [{ name: fileName, text: JSON.stringify({ address: proxyAddress, testCommand } satisfies AgentSettings) }],
      upstream: '',
      network: {},
      notes: [],
      callsModel: true,
      runsBare: false,
    }),
  };
  return { wrapper, args: [fileURLToPath(new URL('./demo-agent.js', import.meta.url))], surroundings };
}

/** Nothing waits for a key or for changes, nothing is fetched, and what can be left out of the user's folders is. */
const testEnvironment = {
  CI: '1',
  CARGO_NET_OFFLINE: 'true',
  GOPROXY: 'off',
  PYTHONDONTWRITEBYTECODE: '1',
  npm_config_logs_max: '0',
  npm_config_update_notifier: 'false',
};

/** Should there be no proxy after all, the agent still has nothing but the demo's upstream to go to. */
export function realLaunch(
  { wrapper, demo }: DemoAgent,
  surroundings: Surroundings,
  place: DemoPlace,
  sight: Pick<DemoSituation, 'upstream' | 'files' | 'word'>,
): DemoLaunch {
  const { homeFolder } = place;
  const { files = [], ...start } = demo.plan({ homeFolder, platform: surroundings.platform, prompt: tourPrompt, ...sight });
  for (const { name, text } of files) place.write(name, text);
  const environment = demoEnvironment(surroundings, homeFolder, start.environment);
  return { wrapper, args: start.args, surroundings: { ...surroundings, homeFolder, environment } };
}

export function withNotes(wrapper: Wrapper, notes: readonly string[]): Wrapper {
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
