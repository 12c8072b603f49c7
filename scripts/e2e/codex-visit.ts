/** One visit of Codex to the scripted upstream, bare or under headroom, from a fresh home to what it leaves there. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startUpstream } from '../../src/demo/upstream.ts';
import type { Script } from '../../src/demo/upstream-script.ts';
import { commandFor, type Manner, ourCache, type Setting, type Visit } from './claude-visit.ts';
import { logIn, startChatGpt } from './codex-account.ts';
import { endMarked, findMarked, findPorts, run, waitFor } from './processes.ts';
import { readReceived } from './received.ts';
import { tourEnd, tourPrompt } from './tour.ts';
import { snapshot } from './workplace.ts';

export interface CodexVisitOptions {
  readonly script?: Script;
  readonly model: string;
  /** Logged in with a ChatGPT account in place of a key; the upstream is then given to headroom. */
  readonly hasAccount?: boolean;
  /** Words between `wrap` and `codex`. */
  readonly options?: readonly string[];
  /** True: home and project stay as they are. */
  readonly keepsHome?: boolean;
  /** More of Codex's configuration, each `key=value` in TOML. */
  readonly configuration?: readonly string[];
  /** More of the environment, such as a corporate proxy. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the user has set as the upstream's address, where that is not its real one. */
  readonly addressOf?: (url: string) => string;
}

/** Codex reads by commands, and edits by patches of whole lines. */
export const codexTour: Script = {
  thinking: 'What to look at next is clear.',
  steps: [
    { text: 'First a look around.', calls: [{ shell: 'ls && git log --oneline && git status --short' }] },
    { calls: [{ read: 'src/handlers.js' }] },
    { calls: [{ grep: 'return response', path: 'src' }] },
    { text: 'Now build it.', calls: [{ shell: './build.sh' }] },
    { calls: [{ shell: 'cat src/handlers.js' }] },
    {
      calls: [
        {
          edit: 'src/handlers.js',
          from: "    return response.status(401).json({ error: 'not allowed to ship', code: 1004 });",
          to: "    return response.status(401).json({ error: 'shipping needs a role', code: 1004 });",
        },
      ],
    },
    { calls: [{ read: 'src/handlers.js' }] },
    { text: 'This one will complain.', calls: [{ shell: './check.sh 2>&1' }] },
    { calls: [{ read: 'src/store.js' }, { shell: 'nl -ba src/store.js' }] },
    { calls: [{ write: 'NOTES.md', text: '# Notes\n\nShipping needs a role of its own.\n' }] },
    { calls: [{ shell: 'git diff && cat NOTES.md' }] },
    { text: tourEnd },
  ],
};
const middle = 'step 6';

/** `codex exec` on the tour. To headroom the upstream is one that the user has chosen before. */
export async function visitCodex(
  setting: Setting,
  manner: Manner,
  { script, model, options = [], hasAccount, keepsHome, configuration = [], environment: more, addressOf = String }: CodexVisitOptions,
): Promise<Visit> {
  const { workplace, agentFolder, count } = setting;
  if (!keepsHome) workplace.reset();
  if (hasAccount) logIn(workplace.home);
  const chatGpt = hasAccount ? await startChatGpt() : undefined;
  const mark = randomUUID();
  let midway: Visit['midway'];
  const upstream = await startUpstream({
    script: script ?? codexTour,
    cache: { count },
    onRequest() {
      if (midway || upstream.requests.at(-2)?.answer?.played !== middle) return;
      midway = { ports: findPorts(findMarked(mark)), settingsFile: undefined, agentStdin: undefined, launcherStdin: undefined };
    },
  });
  const chosen = [
    chatGpt ? `chatgpt_base_url="${chatGpt.url}/backend-api/"` : `openai_base_url="${addressOf(upstream.url)}/v1"`,
    'analytics.enabled=false',
    'check_for_update_on_startup=false',
    ...configuration,
  ];
  const flags = [...chosen.flatMap((each) => ['-c', each]), 'exec', '-s', 'danger-full-access', '-m', model, tourPrompt];
  const [command = '', ...args] = commandFor(setting, manner, flags, hasAccount ? ['--upstream', upstream.url, ...options] : options).map(
    (word) => (word === 'claude' ? 'codex' : word),
  );
  const environment = {
    PATH: `${agentFolder}:${process.env.PATH}`,
    HOME: workplace.home,
    TMPDIR: workplace.temporary,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    GIT_CONFIG_NOSYSTEM: '1',
    ...(chatGpt ? { CODEX_CA_CERTIFICATE: chatGpt.authority } : { CODEX_API_KEY: 'dummy' }),
    AGENT_TOUR_RUN: mark,
    ...more,
  };
  const finished = await run(command, args, { cwd: workplace.project, env: environment });
  await waitFor(() => findMarked(mark).length === 0, 2);
  const left = findMarked(mark);
  endMarked(mark);
  await upstream.close();
  chatGpt?.close();
  const all = filesOf(workplace.home);
  const isOurs = (name: string) => name.startsWith(ourCache);
  return {
    ...{ manner, finished, requests: upstream.requests, midway, left },
    home: new Map([...all].filter(([name]) => !isOurs(name))),
    ours: new Map([...all].filter(([name]) => isOurs(name))),
    temporary: filesOf(workplace.temporary),
    edited: snapshot(join(workplace.project, 'src')).get('handlers.js'),
    received: readReceived(workplace),
  };
}

/** Names without ids, days and times. What SQLite keeps beside its files comes and goes. */
function filesOf(folder: string): Map<string, string> {
  const files = [...snapshot(folder)].filter(([name]) => !/-(?:wal|shm)$/.test(name));
  return new Map(files.map(([name, text]) => [codexAside(name), text]));
}

/** What differs from run to run: ids, times, and how long things took. */
export function codexAside(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d(?:\.\d+)?/g, '<time>')
    .replace(/\bsessions\/\d{4}\/\d\d\/\d\d/g, 'sessions/<day>')
    .replace(/"(\w+)":1[0-9]{9,12}(?:\.\d+)?/g, '"$1":<time>')
    .replace(/(Chunk ID: )\w+/g, '$1<id>')
    .replace(/(Wall time:? )[\d.]+/g, '$1<time>')
    .replace(/codex-arg0\w+/g, 'codex-arg0<id>');
}
