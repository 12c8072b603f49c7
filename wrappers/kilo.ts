/** Kilo: a relative of opencode, with a gateway of its own that a variable leads elsewhere. */
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { type Breed, deniesReading, planBreed } from './opencode-plan.ts';
import { settingsPaths } from './opencode-settings.ts';

const outlives = 'it works with sessions that outlive it';

const breed: Breed = {
  title: 'Kilo',
  command: 'kilo',
  variables: 'KILO',
  names: ['config', 'opencode', 'kilo'],
  withoutModel: (
    'completion mcp debug auth providers agent upgrade uninstall models stats export import session plugin plug db console profile config ' +
    'worktree help roll-call'
  ).split(' '),
  elsewhere: { cloud: 'its tasks run in the cloud', daemon: outlives, remote: outlives },
};

export const kilo: ListedWrapper = {
  name: 'kilo',
  title: breed.title,
  command: breed.command,
  otherCommands: ['kilocode'],
  install: 'npm install -g @kilocode/cli',
  coverage: {
    proxied:
      "Kilo's gateway, and every provider with a key or an address of your own; not GitHub Copilot, accounts of ChatGPT, Bedrock, Vertex and Azure, and it says so",
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: () => [],
  opensFiles: true,
  deniesReading: (place) => deniesReading(place, breed),
  takesTools: true,
  strays: 'a server or daemon of it that runs already sends them',
  readsFiles: (place) => settingsPaths(place, breed),
  plan,
  demo: 'there is no script for it yet',
};

function plan(situation: Situation): Plan {
  const made = planBreed(situation, breed);
  const gateway = situation.environment.KILO_API_URL?.trim() || 'https://api.kilo.ai';
  if (made.runsBare || !isPlainAddress(gateway)) return made;
  const { upstream } = splitAddress(gateway, []);
  return {
    ...made,
    environment: { ...made.environment, KILO_API_URL: `${situation.proxyAddress}/@kilo-gateway` },
    upstreams: { ...made.upstreams, 'kilo-gateway': upstream },
    notes: made.notes.filter((note) => !note.startsWith('models of kilo ')),
  };
}
