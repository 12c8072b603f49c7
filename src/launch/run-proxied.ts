/** Runs the agent behind a proxy of its own: puts everything up, waits for the agent's end, takes everything down. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.ts';
import { findPlaces } from '../store/place.ts';
import { watchCacheBreaks } from './cache-breaks.ts';
import { explainTo } from './explain.ts';
import { type Interruptions, watchInterruptions } from './interruptions.ts';
import { startKeeping, sweepCache } from './keeping.ts';
import type { Launch } from './launch.ts';
import { launchVariable, variablesOfOneLaunch } from './nesting.ts';
import { reachBy } from './network.ts';
import { makePrivateFolder } from './private-folder.ts';
import { startProxyThread } from './proxy-thread.ts';
import { agentStart, runBare } from './run-bare.ts';
import { watchSilence } from './silence.ts';
import { createTeardown, type Teardown } from './teardown.ts';
import { type AgentExit, type RunningAgent, startAgent } from './terminal.ts';
import { loadInheritedSpawn, loadPty } from './terminal-spawn.ts';
import { toolOutputPath } from './tool-output.ts';
import { describeToolServer } from './tool-server.ts';
import type { Plan } from './wrapper.ts';

/** `problems` gathers one line for everything that could not be put up or taken down. */
export async function runProxied(launch: Launch, draft: Plan, problems: Problems): Promise<AgentExit> {
  const teardown = createTeardown();
  let agent: RunningAgent | undefined;
  const interruptions = watchInterruptions(() => {
    if (agent) agent.end('SIGTERM');
    else void teardown.run().finally(() => process.exit(1));
  });
  try {
    // Loaded while the worker starts: what the agent's start will need.
    const { pty } = agentStart(launch, [], {});
    void (pty ? loadPty() : loadInheritedSpawn()).catch(() => {});
    const ready = await putUp(launch, draft, teardown);
    const early = endedEarly(interruptions);
    if (early) return early;
    if (ready instanceof Error) {
      // The agent is worth more to its user than we are.
      problems.withoutProxy = messageOf(ready);
      return await runBare(launch, [`this launch runs without the proxy: ${problems.withoutProxy}`]);
    }

    for (const note of ready.plan.notes) launch.note(note);
    if (launch.settings.givesTools && !launch.wrapper.takesTools)
      launch.note(`${launch.wrapper.title} takes no tools for one launch: --mcp does nothing here`);
    launch.outputs.explain?.replace('');
    const environment = { ...launch.situation.environment, ...ready.plan.environment, ...variablesOfOneLaunch, [launchVariable]: ready.id };
    agent = await startAgent(agentStart(launch, ready.plan.args, environment), { note: launch.note });
    const late = interruptions.signal();
    if (late) agent.end(late);
    if (ready.plan.callsModel && ready.plan.covers !== 'tool-output' && agent.stdio === 'inherited' && !launch.surroundings.isInteractive) {
      const { title, strays } = launch.wrapper;
      teardown.add('silence', watchSilence({ meter: launch.meter, title, strays, note: launch.note }));
    }
    // Only now: what dead launches left can wait until the agent is up.
    const ending = new AbortController();
    const sweep = sweepCache(ready.cacheFolder, launch.surroundings.platform, { signal: ending.signal });
    teardown.add('sweep', async () => {
      ending.abort();
      await sweep;
    });
    return await agent.exit;
  } finally {
    problems.errors.push(...(await teardown.run()), ...interruptions.errors());
    interruptions.stop();
  }
}

export interface Problems {
  readonly errors: string[];
  /** Why there was no proxy. */
  withoutProxy: string | undefined;
}

interface Ready {
  readonly plan: Plan;
  readonly id: string;
  readonly cacheFolder: string;
}

/** The private folder, the proxy, the plan's files; the error where one of them cannot be. */
async function putUp(
  { wrapper, settings, surroundings, situation, meter, outputs }: Launch,
  draft: Plan,
  teardown: Teardown,
): Promise<Ready | Error> {
  try {
    const { cacheFolder } = findPlaces(surroundings.platform, situation.environment, surroundings.homeFolder);
    const folder = makePrivateFolder(cacheFolder, surroundings.platform);
    teardown.add('private folder', folder.remove);
    const places = { cacheFolder, privateFolder: folder.path, opensFiles: wrapper.opensFiles };
    const keeping = startKeeping(settings, places, {
      id: folder.id,
      agent: wrapper.name,
      projectFolder: situation.projectFolder,
      version: surroundings.version,
      mode: settings.mode,
      profile: settings.profile,
    });
    teardown.add('ledger', keeping.close);
    const denial = keeping.originals && wrapper.deniesReading?.(situation, keeping.originals.folder);
    const originals = denial === undefined ? keeping.originals : undefined;
    // One of its own: the proxy's may stand on a command line, and whoever has this one reads what tools returned.
    const contentSecret = draft.covers === 'tool-output' ? randomBytes(16).toString('hex') : undefined;
    const explain = explainTo(outputs.explain);
    const breaks = watchCacheBreaks();
    const proxy = await startProxyThread(
      {
        port: 0,
        secret: randomBytes(16).toString('hex'),
        ...chooseUpstreams(settings, draft),
        mode: settings.mode,
        profile: settings.profile,
        version: surroundings.version,
        ...(originals ? { originals } : {}),
        ...(keeping.decisions ? { decisions: keeping.decisions } : {}),
        // The agent may go on with what it began without us.
        ...{ isOurs: wrapper.tellsFilesFirst === true, rewritesCold: settings.rewritesCold },
        refusesUpgrades: draft.refusesUpgrades ?? false,
        ...(contentSecret === undefined ? {} : { contentSecret }),
        skips: [],
      },
      {
        onRecord: (came) => {
          const record = settings.mode === 'shrink' ? breaks.look(came) : came;
          meter.add(record);
          keeping.record(record);
          explain(record);
        },
        onRestart: ({ reason }) => meter.totals.restarts.push(reason),
      },
    );
    teardown.add('proxy', () => proxy.close());
    // Nothing is there to be read where nothing is written.
    const originalsFolder = settings.mode === 'shrink' ? originals?.folder : undefined;
    const plan = wrapper.plan({
      ...situation,
      ...{ proxyAddress: proxy.address, privateFolder: folder.path, originalsFolder },
      toolOutputAddress: contentSecret && `${new URL(proxy.address).origin}/${contentSecret}${toolOutputPath}`,
      toolServer:
        settings.givesTools && wrapper.takesTools
          ? describeToolServer(surroundings, settings.isEphemeral ? folder.path : undefined)
          : undefined,
      programs: { node: process.execPath, folder: fileURLToPath(new URL('.', import.meta.url)) },
    });
    for (const file of plan.files) folder.write(file.name, file.text);
    const notes = denial === undefined ? [] : [`nothing is left out of big results: its model may not open originals (${denial})`];
    return { plan: { ...plan, notes: [...plan.notes, ...notes] }, id: folder.id, cacheFolder };
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(messageOf(thrown));
  }
}

/** A signal that came before there was an agent to pass it to. */
function endedEarly(interruptions: Interruptions): AgentExit | undefined {
  const signal = interruptions.signal();
  return signal && { code: undefined, signal, failure: undefined, hungUp: signal === 'SIGHUP' };
}

/** The user's choice for a family or a name outweighs their choice for all, and that the agent's own settings. */
function chooseUpstreams(chosen: Launch['settings'], { upstream, upstreams = {}, network }: Plan) {
  const planned = Object.fromEntries(Object.entries(upstreams).map(([name, url]) => [name, chosen.upstream ?? url]));
  const others = Object.entries({ ...planned, ...chosen.upstreams });
  return {
    upstream: reachBy(network, chosen.upstream ?? upstream),
    upstreams: Object.fromEntries(others.map(([family, url]) => [family, reachBy(network, url)])),
  };
}
