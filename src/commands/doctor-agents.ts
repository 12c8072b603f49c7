/** The agents, as the doctor sees them: which are here, whether a launch would be proxied, and to where; and who has our tools. */
import { existsSync, realpathSync } from 'node:fs';
import { testedVersions, wrappers } from '../../wrappers/index.ts';
import { Failure } from '../errors.ts';
import { findVersion } from '../launch/agent-version.ts';
import { lookForAgent } from '../launch/find-agent.ts';
import type { Surroundings } from '../launch/launch.ts';
import { forgetLaunch } from '../launch/nesting.ts';
import { chooseProxy } from '../launch/network.ts';
import { readSituation } from '../launch/situation.ts';
import type { ListedWrapper, Plan } from '../launch/wrapper.ts';
import { cacheParts, findPlaces } from '../store/place.ts';
import { type Finding, findingOf } from './doctor.ts';
import { readStates } from './mcp-install.ts';

export function checkAgents(surroundings: Surroundings): readonly Finding[] {
  const found = wrappers.map((wrapper) => ({ wrapper, path: lookForAgent(wrapper, surroundings) }));
  const absent = found.filter(({ path }) => path === undefined).map(({ wrapper }) => wrapper.name);
  const here = found.flatMap(({ wrapper, path }) => (path === undefined ? [] : checkAgent(wrapper, path, surroundings)));
  if (here.length === 0) {
    const install = `For example: ${wrappers[0]?.install}`;
    return [{ part: 'agents', state: 'todo', text: `none of ${absent.join(', ')} is on PATH`, advice: install }];
  }
  return absent.length === 0 ? here : [...here, { part: 'agents', state: 'ok', text: `not here: ${absent.join(', ')}` }];
}

function checkAgent(wrapper: ListedWrapper, path: string, surroundings: Surroundings): readonly Finding[] {
  const { name: part } = wrapper;
  const plan = planLaunch(wrapper, surroundings);
  if (plan instanceof Failure) return [findingOf(part, plan)];
  const installed: Finding = { part, ...sayVersion(wrapper, findVersion(path)), text: `${findVersion(path) ?? 'some version'}, ${path}` };
  return [
    installed,
    ...sayRoute(wrapper, plan),
    ...(plan.runsBare || plan.covers === 'tool-output' ? [] : [sayOriginals(wrapper, surroundings)]),
  ];
}

/** Of a launch without arguments. */
function situationOf(wrapper: ListedWrapper, surroundings: Surroundings): ReturnType<typeof readSituation> {
  return readSituation(wrapper, { ...surroundings, args: [], environment: forgetLaunch(surroundings.environment) });
}

/** As a launch without arguments would be. */
function planLaunch(wrapper: ListedWrapper, surroundings: Surroundings): Plan | Failure {
  try {
    return wrapper.plan({ ...situationOf(wrapper, surroundings), proxyAddress: '', privateFolder: '' });
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

function sayVersion({ name, install }: ListedWrapper, version: string | undefined): Pick<Finding, 'state' | 'advice'> {
  const tested = testedVersions[name];
  if (!tested) return { state: 'note', advice: 'none was to be had for tests: its wrapper follows its documents' };
  if (version === undefined || tested.includes(version)) return { state: 'ok' };
  const isOlder = tested.every((each) => each.localeCompare(version, 'en', { numeric: true }) > 0);
  return {
    state: 'note',
    advice: `tested with ${tested.join(' and ')}${isOlder ? `; to update: ${install}` : ', and most likely no different'}`,
  };
}

/** Whether a launch passes through us, and where its requests go then. */
function sayRoute({ name: part, coverage }: ListedWrapper, plan: Plan): readonly Finding[] {
  if (plan.runsBare) {
    const text =
      plan.notes.map((note) => note.replace('this launch runs', 'a launch would run'))[0] ?? 'a launch would run without the proxy';
    return [{ part, state: 'todo', text, advice: 'change that, or start it without us; what can pass: headroom agents' }];
  }
  if (plan.covers === 'tool-output') return [{ part, state: 'note', text: `proxied: ${coverage.proxied}` }];
  const urls = [...new Set([plan.upstream, ...Object.values(plan.upstreams ?? {})])].filter((url) => URL.canParse(url));
  const proxies = [...new Set(urls.flatMap((url) => chooseProxy(url, plan.network) ?? []))].map((url) => new URL(url).host);
  const way = proxies.length > 0 ? ` by way of ${proxies.join(', ')}` : '';
  const hosts = [...new Set(urls.map((url) => new URL(url).host))];
  return [
    { part, state: 'ok', text: `its requests go through us to ${hosts.join(', ')}${way}` },
    ...plan.notes.map((text): Finding => ({ part, state: 'note', text })),
  ];
}

function sayOriginals(wrapper: ListedWrapper, surroundings: Surroundings): Finding {
  const { name: part, opensFiles } = wrapper;
  if (!opensFiles) return { part, state: 'ok', text: 'its model cannot open originals unasked: it gets the forms that lose nothing' };
  const { cacheFolder } = findPlaces(surroundings.platform, surroundings.environment, surroundings.homeFolder);
  const folder = cacheParts(existsSync(cacheFolder) ? realpathSync.native(cacheFolder) : cacheFolder).originals;
  const denial = wrapper.deniesReading?.(situationOf(wrapper, surroundings), folder);
  if (denial === undefined) return { part, state: 'ok', text: 'its model can open originals: excerpts of big results are made' };
  const text = `its model may not open originals: ${denial}`;
  return {
    part,
    state: 'todo',
    text,
    advice: `narrow the rule so that it leaves out ${folder}, or go without excerpts: --profile lossless`,
  };
}

/** Entries of `headroom mcp install` that do nothing any more. */
export function checkTools(): readonly Finding[] {
  return readStates().flatMap(({ name, state, file }): readonly Finding[] => {
    if (state === 'installed') return [{ part: 'mcp', state: 'ok', text: `${name} has our tools: ${file}` }];
    if (state === 'program gone')
      return [
        {
          part: 'mcp',
          state: 'todo',
          text: `${name} starts a program of ours that is gone: ${file}`,
          advice: `headroom mcp install ${name}`,
        },
      ];
    if (state === 'unreadable')
      return [{ part: 'mcp', state: 'note', text: `${name}: ${file} does not parse`, advice: 'mend it: the agent may ignore it' }];
    return [];
  });
}
