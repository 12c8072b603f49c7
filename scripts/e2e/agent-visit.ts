/** One visit of any agent to the scripted upstream, bare or under headroom, from a fresh home to what it leaves there. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startUpstream } from '../../src/demo/upstream.ts';
import type { Script } from '../../src/demo/upstream-script.ts';
import { labServer } from './agent-tour.ts';
import { inspect, type Manner, type Setting, type Visit } from './claude-visit.ts';
import { endMarked, findMarked, findPorts, run, waitFor } from './processes.ts';
import { recordingWords } from './received.ts';
import { tourPrompt } from './tour.ts';
import type { TourAgent, TourStart } from './tour-agent.ts';

export interface AgentVisit extends Visit {
  readonly start: TourStart;
}

export interface AgentVisitOptions {
  readonly script: Script;
  /** Words between `wrap` and the agent. */
  readonly options?: readonly string[];
  /** True: home and project stay as they are. */
  readonly keepsHome?: boolean;
  /** More of the environment, such as a corporate proxy. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the user has set as the upstream's address, where that is not its real one. */
  readonly addressOf?: (url: string) => string;
}

export interface AgentStay extends Pick<AgentVisit, 'start'> {
  readonly mark: string;
  readonly environment: Record<string, string>;
  readonly requests: Visit['requests'];
  ports(): readonly number[];
  /** Closes the upstream; gives, and ends, the processes that are still there after five seconds. */
  close(): Promise<Visit['left']>;
}

const nowhere = 'http://127.0.0.1:9';

export async function openAgentStay(
  setting: Setting,
  agent: TourAgent,
  { script, environment = {}, addressOf = String, keepsHome }: AgentVisitOptions,
): Promise<AgentStay> {
  const { workplace, agentFolder, count } = setting;
  if (!keepsHome) workplace.reset();
  const mark = randomUUID();
  let ports: readonly number[] = [];
  const upstream = await startUpstream({
    script,
    cache: { count },
    onRequest() {
      if (upstream.requests.length === 3) ports = findPorts(findMarked(mark));
    },
  });
  const start = agent.setUp({
    home: workplace.home,
    project: workplace.project,
    upstream: addressOf(upstream.url),
    server: labServer,
    prompt: tourPrompt,
    write(path, text) {
      mkdirSync(dirname(join(workplace.home, path)), { recursive: true });
      writeFileSync(join(workplace.home, path), text);
    },
  });
  return {
    start,
    mark,
    requests: upstream.requests,
    ports: () => ports,
    environment: {
      PATH: `${agentFolder}:${process.env.PATH}`,
      ...{ HOME: workplace.home, TMPDIR: workplace.temporary, LANG: 'C.UTF-8', TERM: 'xterm-256color', GIT_CONFIG_NOSYSTEM: '1' },
      // Whatever else it would call goes nowhere.
      ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: '127.0.0.1,localhost', AGENT_TOUR_RUN: mark },
      ...start.environment,
      ...environment,
    },
    async close() {
      await waitFor(() => findMarked(mark).length === 0, 5);
      const left = findMarked(mark);
      endMarked(mark);
      await upstream.close();
      return left;
    },
  };
}

export async function visitAgent(setting: Setting, agent: TourAgent, manner: Manner, options: AgentVisitOptions): Promise<AgentVisit> {
  const stay = await openAgentStay(setting, agent, options);
  const [command = '', ...words] = agentCommand(setting, agent, manner, options.options);
  const finished = await run(command, [...words, ...stay.start.args], {
    cwd: setting.workplace.project,
    env: { ...stay.environment, ...(manner === 'bare' ? agent.bareEnvironment : {}) },
    timeout: 600_000,
    killSignal: 'SIGTERM',
  });
  const left = await stay.close();
  const midway = { ports: stay.ports(), settingsFile: undefined, agentStdin: undefined, launcherStdin: undefined };
  return { manner, finished, start: stay.start, requests: stay.requests, midway, left, ...inspect(setting.workplace) };
}

export function agentCommand(
  { cli, workplace }: Setting,
  { command, name }: TourAgent,
  manner: Manner,
  options: readonly string[] = [],
): readonly string[] {
  return manner === 'bare' ? [command] : [process.execPath, ...recordingWords(workplace), cli, 'wrap', ...options, name];
}
