/** opencode: a variable of its own holds settings over all of the user's, in which each provider the user has gets our address. */
import type { ListedWrapper } from '../src/launch/wrapper.ts';
import { type Breed, deniesReading, planBreed } from './opencode-plan.ts';
import { settingsPaths } from './opencode-settings.ts';

const breed: Breed = {
  title: 'opencode',
  command: 'opencode',
  variables: 'OPENCODE',
  names: ['config', 'opencode'],
  withoutModel: [
    'completion',
    'mcp',
    'debug',
    'providers',
    'auth',
    'agent',
    'upgrade',
    'uninstall',
    'models',
    'stats',
    'export',
    'import',
    'session',
    'plugin',
    'plug',
    'db',
  ],
  ownGateway: { provider: 'opencode', url: 'https://opencode.ai/zen/v1' },
};

export const opencode: ListedWrapper = {
  name: 'opencode',
  title: breed.title,
  command: breed.command,
  install: 'npm install -g opencode-ai',
  coverage: {
    proxied:
      'every provider with a key or an address of your own, each to where it would have gone; not GitHub Copilot, accounts of ChatGPT, Bedrock, Vertex and Azure, and it says so',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: (homeFolder) => [`${homeFolder}/.opencode/bin/opencode`],
  // Its plan allows the one folder outside of the project.
  opensFiles: true,
  deniesReading: (place) => deniesReading(place, breed),
  takesTools: true,
  strays: 'a server of it that runs already (`opencode attach`) or a login of ChatGPT or GitHub sends them',
  readsFiles: (place) => settingsPaths(place, breed),
  plan: (situation) => planBreed(situation, breed),
  demo: 'there is no script for it yet',
};
