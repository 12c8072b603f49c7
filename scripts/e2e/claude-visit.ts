/** One visit of Claude Code to the scripted upstream, bare or under headroom, from a fresh home to what it leaves there. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startUpstream, type Upstream } from '../../src/demo/upstream.ts';
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';
import type { Script } from '../../src/demo/upstream-script.ts';
import { endMarked, type Finished, findMarked, findPorts, type MarkedProcess, run, stdinOf, waitFor } from './processes.ts';
import { type Received, readReceived, recordingWords } from './received.ts';
import { planTour, tourPrompt } from './tour.ts';
import { snapshot, type Workplace } from './workplace.ts';

export interface Setting {
  readonly workplace: Workplace;
  /** The folder in which `claude` lies. */
  readonly agentFolder: string;
  /** Our built command, a file for Node. */
  readonly cli: string;
  /** What upstream counts and bills as tokens. */
  readonly count: (text: string) => number;
}

export type Manner = 'bare' | 'wrapped';

export interface Visit {
  readonly manner: Manner;
  readonly finished: Finished;
  readonly requests: readonly UpstreamRequest[];
  /** The home's files afterwards, without our own cache. */
  readonly home: ReadonlyMap<string, string>;
  readonly ours: ReadonlyMap<string, string>;
  readonly temporary: ReadonlyMap<string, string>;
  readonly edited: string | undefined;
  /** What the proxy was sent, where there was one. */
  readonly received: readonly Received[];
  /** What was there in the middle of it. */
  readonly midway: Midway | undefined;
  /** Processes still there two seconds after its end. */
  readonly left: readonly MarkedProcess[];
}

export interface Midway {
  readonly ports: readonly number[];
  /** The file that the agent was given its settings in. */
  readonly settingsFile: string | undefined;
  /** What the two have as stdin, such as `/dev/pts/3`. */
  readonly agentStdin: string | undefined;
  readonly launcherStdin: string | undefined;
}

export interface VisitOptions {
  readonly script?: Script;
  /** What the person asks. */
  readonly prompt?: string;
  /** What Claude Code may do without asking; everything on the tour, unless told. */
  readonly tools?: string;
  /** More words for Claude Code itself. */
  readonly flags?: readonly string[];
  /** Words between `wrap` and `claude`. */
  readonly options?: readonly string[];
  /** True: the home stays as the last visit left it. */
  readonly keepsHome?: boolean;
  /** More of the environment, such as a corporate proxy. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the user has set as the upstream's address, where that is not its real one. */
  readonly addressOf?: (url: string) => string;
  /** After which step the middle is. */
  readonly middle?: string;
  /** Called in the middle of the tour with what is found there, and with every process of the visit; the tour waits for it. */
  readonly onMidway?: (midway: Midway, processes: readonly MarkedProcess[]) => void | Promise<void>;
}

export const ourCache = join('.cache', 'headroom');

/** `claude -p` on the tour. */
export async function visit(setting: Setting, manner: Manner, options: VisitOptions = {}): Promise<Visit> {
  const { workplace } = setting;
  if (!options.keepsHome) workplace.reset();
  const stay = await openStay(setting, options);
  const flags = [
    '-p',
    options.prompt ?? tourPrompt,
    '--allowedTools',
    options.tools ?? 'Bash,Edit,Write,Read,Grep,Agent',
    ...(options.flags ?? []),
  ];
  const [command, ...args] = commandFor(setting, manner, flags, options.options);
  const finished = await run(command!, args, { cwd: workplace.project, env: stay.environment });
  const left = await stay.close();
  return { manner, finished, requests: stay.upstream.requests, midway: stay.midway(), left, ...inspect(workplace) };
}

export interface Stay {
  readonly upstream: Upstream;
  readonly mark: string;
  /** For the agent or for headroom, the same for both: to headroom the upstream is one that the user has chosen before. */
  readonly environment: Record<string, string>;
  midway(): Midway | undefined;
  /** Closes the upstream; gives, and ends, the processes that are still there after two seconds. */
  close(): Promise<MarkedProcess[]>;
}

/** An upstream that plays the tour and looks around in the middle of it. */
export async function openStay(
  setting: Setting,
  { script, middle = 'step 6', onMidway, environment: more, addressOf = String }: VisitOptions,
): Promise<Stay> {
  const { workplace, agentFolder, count } = setting;
  const mark = randomUUID();
  let midway: Midway | undefined;
  const upstream = await startUpstream({
    script: script ?? planTour(workplace.project),
    cache: { count },
    onRequest() {
      if (midway || upstream.requests.at(-2)?.answer?.played !== middle) return;
      const processes = findMarked(mark);
      const settings = processes.flatMap(({ args }) => (args.includes('--settings') ? args[args.indexOf('--settings') + 1]! : []));
      midway = {
        ports: findPorts(processes),
        settingsFile: settings[0],
        agentStdin: stdinOf(findAgentProcess(processes)),
        launcherStdin: stdinOf(findLauncher(setting, processes)),
      };
      return onMidway?.(midway, processes);
    },
  });
  const environment = {
    PATH: `${agentFolder}:${process.env.PATH}`,
    HOME: workplace.home,
    TMPDIR: workplace.temporary,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    GIT_CONFIG_NOSYSTEM: '1',
    ANTHROPIC_API_KEY: 'dummy',
    ANTHROPIC_BASE_URL: addressOf(upstream.url),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    AGENT_TOUR_RUN: mark,
    ...more,
  };
  return {
    upstream,
    mark,
    environment,
    midway: () => midway,
    async close() {
      await waitFor(() => findMarked(mark).length === 0, 2);
      const left = findMarked(mark);
      endMarked(mark);
      await upstream.close();
      return left;
    },
  };
}

export function commandFor(
  { cli, workplace }: Setting,
  manner: Manner,
  flags: readonly string[],
  options: readonly string[] = [],
): string[] {
  return manner === 'bare'
    ? ['claude', ...flags]
    : [process.execPath, ...recordingWords(workplace), cli, 'wrap', ...options, 'claude', ...flags];
}

/** The agent itself among the processes of a visit. */
export function findAgentProcess(processes: readonly MarkedProcess[]): number | undefined {
  return processes.find(({ args }) => args[0] === 'claude' || args[0]?.endsWith('/claude'))?.pid;
}

/** The launcher among the processes of a visit. */
export function findLauncher({ cli }: Setting, processes: readonly MarkedProcess[]): number | undefined {
  return processes.find(({ args }) => args[args.indexOf(cli) + 1] === 'wrap')?.pid;
}

/** What stands on the disk now. */
export function inspect(workplace: Workplace): Pick<Visit, 'home' | 'ours' | 'temporary' | 'edited' | 'received'> {
  const { home, project, temporary } = workplace;
  const all = snapshot(home);
  const isOurs = (name: string) => name.startsWith(ourCache);
  // Claude Code writes it when it has lived for some five seconds: by chance of load here and not there.
  all.delete(join('.claude', '.last-cleanup'));
  return {
    home: new Map([...all].filter(([name]) => !isOurs(name))),
    ours: new Map([...all].filter(([name]) => isOurs(name))),
    temporary: snapshot(temporary),
    edited: snapshot(join(project, 'src')).get('handlers.js'),
    received: readReceived(workplace),
  };
}
