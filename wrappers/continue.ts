/**
 * Continue's `cn`. It takes its whole configuration from one file: a private copy of the user's, in which each model has our address.
 */
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { splitAddress } from './addresses.ts';
import { type LedModel, leadModels } from './continue-models.ts';
import { addServer } from './continue-tools.ts';
import { extendNoProxy, networkOf } from './environment.ts';
import { takeOption } from './options.ts';
import { pathsOf } from './paths.ts';

export const cn: ListedWrapper = {
  name: 'cn',
  title: 'Continue',
  command: 'cn',
  install: 'npm install -g @continuedev/cli',
  coverage: {
    proxied:
      'models of `~/.continue/config.yaml`, or of the file that `--config` names, from Anthropic, OpenAI, Google, Mistral, OpenRouter, DeepSeek, Groq, xAI or an address of your own; not those of the hub, and it says so',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: () => [],
  // Whether it asks is a matter of its modes.
  opensFiles: false,
  takesTools: true,
  strays: 'its configuration comes from the hub',
  readsFiles: (place) => [configPath(place)],
  plan,
  demo: 'there is no script for it yet',
};

const fileName = 'continue-config.yaml';

function plan(situation: Situation): Plan {
  const { args, environment, proxyAddress, privateFolder } = situation;
  const common = {
    command: cn.command,
    args,
    files: [],
    notes: [],
    network: networkOf(environment),
    upstream: 'https://api.anthropic.com',
  };
  const bare = { ...common, environment: {}, runsBare: true };
  const words = args.filter((word) => !word.startsWith('-'));
  if (words[0] === 'checks' || args.some((word) => ['-h', '--help', '-v', '--version'].includes(word)))
    return { ...bare, callsModel: false };

  const text = situation.files[0]?.text;
  const address = (id: string, tail: string) => `${proxyAddress}/@${id}${tail}`;
  const cut = (url: string) => splitAddress(url, ['/v1beta', '/v1']);
  const made = text === undefined ? undefined : leadModels(text, (model) => `${address(model.id, cut(model.address).tail)}/`);
  if (!made || made.models.length === 0) {
    const reason =
      text === undefined ? 'its configuration comes from the hub' : 'none of the models of its configuration has an address that is known';
    return { ...bare, notes: [`this launch runs without the proxy: ${reason}`], callsModel: true };
  }
  const { others } = takeOption(args, '--config');
  const { join } = pathsOf(situation);
  const withTools = situation.toolServer && addServer(made.text, situation.toolServer);
  const notes = [
    ...(made.others > 0 ? ['some models of its configuration are not covered: their requests do not pass through the proxy'] : []),
    ...(situation.toolServer && withTools === undefined ? ['--mcp does nothing here: its MCP servers are not written as a list'] : []),
  ];
  return {
    ...common,
    args: ['--config', join(privateFolder, fileName), ...others],
    environment: extendNoProxy(environment),
    files: [{ name: fileName, text: withTools ?? made.text }],
    upstreams: Object.fromEntries(made.models.map((model: LedModel) => [model.id, cut(model.address).upstream])),
    notes,
    callsModel: true,
    runsBare: false,
  };
}

function configPath({
  args,
  platform,
  homeFolder,
  workingFolder,
  environment,
}: Omit<Situation, 'files' | 'proxyAddress' | 'privateFolder'>): string {
  const { join, resolve } = pathsOf({ platform });
  const chosen = takeOption(args, '--config').value;
  if (chosen) return resolve(workingFolder, chosen);
  return join(environment.CONTINUE_GLOBAL_DIR || join(homeFolder, '.continue'), 'config.yaml');
}
