/**
 * Qwen Code. The address goes into the variable of the way to sign in; models that its settings give an address of their own get ours by
 * settings above all others, in a private file. It knows some providers by their address alone: those it is left to, but for DashScope,
 * for which it takes a proxy's address.
 */
import type { ListedWrapper, Plan, PrivateFile, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { extendNoProxy, networkOf } from './environment.ts';
import { pathsOf } from './paths.ts';
import { type QwenSettings, readQwenSettings, settingsPaths } from './qwen-settings.ts';
import { isSettings, layOver, type Settings, textAt } from './settings-json.ts';

export const qwen: ListedWrapper = {
  name: 'qwen',
  title: 'Qwen Code',
  command: 'qwen',
  install: 'npm install -g @qwen-code/qwen-code',
  coverage: {
    proxied:
      'APIs of OpenAI and of Anthropic, by variable or by settings; not Gemini, Vertex, a Qwen account and providers that it treats in a way of their own by their address (DeepSeek, OpenRouter, Mistral, Z.AI, ...), and it says so',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: (homeFolder) => [`${homeFolder}/.local/bin/qwen`],
  // It asks before it reads outside of the project.
  opensFiles: false,
  takesTools: true,
  strays: 'a daemon of it (`qwen serve`) or an address in its settings sends them',
  readsFiles: settingsPaths,
  plan,
  demo: 'there is no script for it yet',
};

const usual = { openai: 'https://api.openai.com/v1', anthropic: 'https://api.anthropic.com' };
const fileName = 'qwen-settings.json';
const toolsFileName = 'qwen-mcp.json';
const withoutModel: ReadonlySet<string> = new Set('auth board channel extensions hooks mcp sandbox sessions update'.split(' '));

function plan(situation: Situation): Plan {
  const { args, environment, proxyAddress } = situation;
  const common = { command: qwen.command, args, files: [], notes: [], upstream: usual.openai };
  const bare = { ...common, environment: {}, network: networkOf(environment), runsBare: true };
  const asks = withoutModel.has(args[0] ?? '') || args.some((word) => ['-h', '--help', '-v', '--version', '-l'].includes(word));
  if (asks) return { ...bare, callsModel: false };

  const settings = readQwenSettings(situation);
  const { effective } = settings;
  const network = networkOf(effective);
  const family = familyOf(settings.way);
  const addresses = family === undefined ? [] : addressesOf(settings, family);
  const reason = family === undefined ? reasonAgainst(settings.way) : addresses.map(reasonAgainstAddress).find(Boolean);
  if (family === undefined || reason)
    return { ...bare, network, notes: [`this launch runs without the proxy: ${reason}`], callsModel: true };

  const covered = addresses.map((url, at) => ({ url, id: `model-${at}`, ...splitAddress(url, ['/v1']) }));
  const ours = new Map(covered.map(({ url, id, tail }) => [url, `${proxyAddress}/@${id}${tail}`]));
  const [main] = covered;
  const address = ours.get(main?.url ?? '');
  const variable = family === 'openai' ? 'OPENAI_BASE_URL' : 'ANTHROPIC_BASE_URL';
  const placed = placeSettings(situation, settings, ours);
  return {
    ...common,
    args: [...placed.args, ...settings.others],
    files: placed.files,
    environment: {
      [variable]: address,
      ...(main && isDashScope(main.url) ? { DASHSCOPE_PROXY_BASE_URL: address } : {}),
      ...placed.environment,
      ...extendNoProxy(effective),
    },
    upstream: main?.upstream ?? usual.openai,
    upstreams: Object.fromEntries(covered.map(({ id, upstream }) => [id, upstream])),
    network,
    callsModel: true,
    runsBare: false,
  };
}

function familyOf(way: string | undefined): 'openai' | 'anthropic' | undefined {
  if (way === 'anthropic') return way;
  return way === 'openai' || way === 'openai-responses' ? 'openai' : undefined;
}

function reasonAgainst(way: string | undefined): string {
  return way === undefined ? 'Qwen Code does not know yet how to sign in (/auth)' : `${way} is not covered`;
}

/** The one that counts first: from the command line, the variable, its settings, else the provider's; then those of single models. */
function addressesOf({ ownAddress, effective, inSettings, ofModels }: QwenSettings, family: 'openai' | 'anthropic'): readonly string[] {
  const variable = family === 'openai' ? effective.OPENAI_BASE_URL : effective.ANTHROPIC_BASE_URL;
  const main = (family === 'openai' ? ownAddress : undefined) || variable?.trim() || inSettings || usual[family];
  return [...new Set([main, ...ofModels])];
}

/** By their names in the address it knows what they can and cannot do. */
const treated = /deepseek|openrouter|modelscope|mistral|minimax|xiaomimimo|z\.ai|bigmodel|cerebras|fireworks|moonshot|requesty/i;

function reasonAgainstAddress(address: string): string | undefined {
  if (!isPlainAddress(address)) return `its address is no plain URL: ${address}`;
  const { host } = new URL(address);
  return treated.test(host) ? `Qwen Code treats ${host} in a way of its own, which it knows by the address` : undefined;
}

function isDashScope(address: string): boolean {
  return /(?:^|\.)(?:dashscope(?:-\w+)?\.aliyuncs\.com|maas\.aliyuncs\.com)$/.test(new URL(address).hostname);
}

function placeSettings(
  { privateFolder, platform, toolServer }: Situation,
  { providers, machine }: QwenSettings,
  ours: ReadonlyMap<string, string>,
): { args: readonly string[]; files: readonly PrivateFile[]; environment: Readonly<Record<string, string>> } {
  const { join } = pathsOf({ platform });
  const spell = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const files: PrivateFile[] = [];
  if (Object.keys(providers).length > 0)
    files.push({ name: fileName, text: spell(layOver(machine, { modelProviders: lead(providers, ours) })) });
  if (toolServer) {
    const { environment: env, ...start } = toolServer;
    files.push({ name: toolsFileName, text: spell({ mcpServers: { headroom: { ...start, env } } }) });
  }
  return {
    files,
    args: toolServer ? ['--mcp-config', join(privateFolder, toolsFileName)] : [],
    environment: files[0]?.name === fileName ? { QWEN_CODE_SYSTEM_SETTINGS_PATH: join(privateFolder, fileName) } : {},
  };
}

/** The models of each way to sign in, with our address for theirs. */
function lead(providers: Settings, ours: ReadonlyMap<string, string>): Settings {
  const one = (model: unknown) => {
    const address = isSettings(model) ? ours.get(textAt(model, 'baseUrl') ?? '') : undefined;
    return isSettings(model) && address !== undefined ? { ...model, baseUrl: address } : model;
  };
  return Object.fromEntries(Object.entries(providers).map(([way, models]) => [way, Array.isArray(models) ? models.map(one) : models]));
}
