/**
 * pi. An extension for this one launch (`-e`) gives each provider that is known our address; its models, keys and logins stay as they are.
 */
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { extendNoProxy, networkOf } from './environment.ts';
import { pathsOf } from './paths.ts';
import { readSettings, settingsAt, textAt } from './settings-json.ts';

export const pi: ListedWrapper = {
  name: 'pi',
  title: 'pi',
  command: 'pi',
  install: 'npm install -g @earendil-works/pi-coding-agent',
  coverage: {
    proxied:
      'Anthropic, OpenAI, Google, OpenRouter, xAI, Groq, Mistral, Cerebras, DeepSeek, Z.AI and Moonshot, with a key or an account, and providers of your own `models.json`; no others, and it says so where one is named',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: () => [],
  // It asks for nothing that it reads.
  opensFiles: true,
  strays: 'the model is one of a provider that is not covered',
  readsFiles: (place) => [pathsOf(place).join(folderOf(place), 'models.json')],
  plan,
  demo: 'there is no script for it yet',
};

const fileName = 'pi-extension.mjs';
const withoutModel: ReadonlySet<string> = new Set(['install', 'remove', 'uninstall', 'update', 'list', 'config']);
const askingOptions = ['--help', '-h', '--version', '-v', '--export', '--list-models'];

/** Those of its providers that have one address for all their models. */
const usual: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
  openrouter: 'https://openrouter.ai/api/v1',
  xai: 'https://api.x.ai/v1',
  groq: 'https://api.groq.com/openai/v1',
  mistral: 'https://api.mistral.ai',
  cerebras: 'https://api.cerebras.ai/v1',
  deepseek: 'https://api.deepseek.com',
  zai: 'https://api.z.ai/api/coding/paas/v4',
  moonshotai: 'https://api.moonshot.ai/v1',
};

function plan(situation: Situation): Plan {
  const { args, environment, proxyAddress, privateFolder } = situation;
  const common = { command: pi.command, network: networkOf(environment), upstream: usual.anthropic ?? '' };
  if (withoutModel.has(args[0] ?? '') || args.some((word) => askingOptions.includes(word)))
    return { ...common, args, environment: {}, files: [], notes: [], callsModel: false, runsBare: true };

  const own = readSettings(situation.files[0]?.text);
  const named = Object.keys(settingsAt(own, 'providers'));
  const providers = [...new Set([...Object.keys(usual), ...named])].flatMap((id) => {
    const address = textAt(own, 'providers', id, 'baseUrl') ?? usual[id];
    const canBe = address !== undefined && isPlainAddress(address) && /^[\w.-]+$/.test(id);
    return canBe ? [{ id, ...splitAddress(address, ['/v1beta', '/v1']) }] : [];
  });
  const lines = providers.map(
    ({ id, tail }) => `  pi.registerProvider(${JSON.stringify(id)}, { baseUrl: ${JSON.stringify(`${proxyAddress}/@${id}${tail}`)} });\n`,
  );
  const asked = optionOf(args, '--provider') ?? optionOf(args, '--model')?.split('/')[0];
  const isForeign = asked !== undefined && foreign.has(asked);
  return {
    ...common,
    args: ['-e', pathsOf(situation).join(privateFolder, fileName), ...args],
    environment: extendNoProxy(environment),
    files: [{ name: fileName, text: `export default (pi) => {\n${lines.join('')}};\n` }],
    upstreams: Object.fromEntries(providers.map(({ id, upstream }) => [id, upstream])),
    notes: isForeign ? [`models of ${asked} are not covered: their requests do not pass through the proxy`] : [],
    callsModel: true,
    runsBare: false,
  };
}

/** Their address depends on the account or the model. */
const foreign: ReadonlySet<string> = new Set(
  (
    'openai-codex github-copilot amazon-bedrock google-vertex azure-openai-responses vercel-ai-gateway opencode opencode-go ' +
    'cloudflare-ai-gateway cloudflare-workers-ai'
  ).split(' '),
);

function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function folderOf(place: Pick<Situation, 'environment' | 'homeFolder' | 'platform' | 'workingFolder'>): string {
  const { join, resolve } = pathsOf(place);
  const chosen = place.environment.PI_CODING_AGENT_DIR;
  return chosen ? resolve(place.workingFolder, chosen) : join(place.homeFolder, '.pi', 'agent');
}
