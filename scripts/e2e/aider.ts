/** aider, the real one, bare and under headroom: two edits by search and replace, and a test run between them that fails at first. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startUpstream } from '../../src/demo/upstream.ts';
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';
import type { Script } from '../../src/demo/upstream-script.ts';
import type { Checks } from './checks.ts';
import { checkCorporate } from './corporate.ts';
import { installPythonAgent } from './install-python.ts';
import { endMarked, type Finished, findMarked, findPorts, isListening, run, waitFor } from './processes.ts';
import { checkSpliced, type Received, readReceived, recordingWords } from './received.ts';
import { createWorkplace, snapshot, type Workplace } from './workplace.ts';

const agent = { name: 'aider-chat', version: '0.86.1', minors: [12, 11, 10] };
export const title = `aider ${agent.version}`;
const ourCache = join('.cache', 'headroom');

export async function checkAider(checks: Checks, cli: string): Promise<void> {
  const installed = installPythonAgent(agent);
  if ('reason' in installed) return checks.skip(`aider ${agent.version}`, installed.reason);
  console.log(`aider ${agent.version}`);
  const workplace = createWorkplace();
  try {
    for (const api of apis) {
      console.log(` aider --message, bare and wrapped, ${api.title}`);
      const bare = await visit(workplace, installed.folder, ['aider'], api);
      const receipt = join(workplace.temporary, '..', 'receipt.json');
      const command = commandFor(workplace, cli, ['--receipt-json', receipt]);
      const wrapped = await visit(workplace, installed.folder, command, api);
      for (const [name, each] of Object.entries({ bare, wrapped })) checkTour(checks, name, each);
      checkSameButSmaller(checks, bare, wrapped);
      checkSpliced(checks, wrapped, ({ body }) => setOutputAside(body.toString('latin1')));
      checkReceipt(checks, wrapped, existsSync(receipt) ? readFileSync(receipt, 'utf8') : '{}');
      await checkNoTrace(checks, bare, wrapped);
      await checkRefused(checks, workplace, installed.folder, cli, api);
      await checkCorporate(
        checks,
        async (options) => {
          const { turns, finished } = await visit(workplace, installed.folder, commandFor(workplace, cli), api, options);
          return { turns: turns.length, finished };
        },
        plainSteps.length,
      );
    }
  } finally {
    workplace.remove();
  }
}

interface Api {
  readonly title: string;
  readonly model: string;
  readonly path: string;
  /** How the user has chosen the upstream before. */
  readonly choose: (url: string, project: string) => Record<string, string>;
}

const apis: readonly Api[] = [
  {
    title: 'Chat Completions, the base URL in .aider.conf.yml',
    model: 'openai/gpt-4o',
    path: '/v1/chat/completions',
    choose(url, project) {
      writeFileSync(join(project, '.aider.conf.yml'), `openai-api-base: ${url}/v1\n`);
      // What it would be without that file.
      return { OPENAI_API_BASE: 'http://127.0.0.1:9/v1' };
    },
  },
  {
    title: 'Messages, the base URL in .env',
    model: 'anthropic/claude-sonnet-4-20250514',
    path: '/v1/messages',
    choose(url, project) {
      writeFileSync(join(project, '.env'), `ANTHROPIC_API_BASE=${url}\n`);
      return {};
    },
  },
];

function commandFor(workplace: Workplace, cli: string, options: readonly string[] = []): readonly string[] {
  return [process.execPath, ...recordingWords(workplace), cli, 'wrap', ...options, 'aider'];
}

interface Visit {
  readonly finished: Finished;
  readonly requests: readonly UpstreamRequest[];
  /** What the proxy was sent, where there was one. */
  readonly received: readonly Received[];
  /** Turns of the conversation, as upstream saw them. */
  readonly turns: readonly UpstreamRequest[];
  readonly refused: readonly (string | undefined)[];
  readonly edited: string;
  readonly home: ReadonlyMap<string, string>;
  readonly project: ReadonlyMap<string, string>;
  readonly ports: readonly number[];
  /** Processes still there two seconds after its end. */
  readonly left: number;
}

interface VisitOptions {
  readonly steps?: Script['plainSteps'];
  /** More of the environment, such as a corporate proxy. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the user has set as the upstream's address, where that is not its real one. */
  readonly addressOf?: (url: string) => string;
}

async function visit(
  workplace: Workplace,
  folder: string,
  [command = '', ...words]: readonly string[],
  api: Api,
  { steps = plainSteps, environment = {}, addressOf = String }: VisitOptions = {},
): Promise<Visit> {
  workplace.reset();
  const { home, project, temporary } = workplace;
  writeFileSync(join(project, 'test.sh'), testScript, { mode: 0o755 });
  const mark = randomUUID();
  let ports: readonly number[] = [];
  const upstream = await startUpstream({
    script: { steps: [], sideText: 'fix: say what is missing', plainSteps: steps },
    onRequest: () => {
      ports = [...new Set([...ports, ...findPorts(findMarked(mark))])];
    },
  });
  const options = ['--model', api.model, '--yes-always', '--no-gitignore', '--no-check-update', '--no-show-release-notes'];
  const more = ['--no-analytics', '--no-suggest-shell-commands', '--map-tokens', '0', '--auto-test', '--test-cmd', './test.sh'];
  const finished = await run(command, [...words, ...options, ...more, '--message', 'Say what is missing', 'src/handlers.js'], {
    cwd: project,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      ...{ HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8', TERM: 'xterm-256color', COLUMNS: '120', AGENT_TOUR_RUN: mark },
      ...{ OPENAI_API_KEY: 'dummy', ANTHROPIC_API_KEY: 'dummy', GIT_CONFIG_NOSYSTEM: '1', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
      // Whatever else it would call goes nowhere, and what goes to loopback does not pass there.
      ...{ HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' },
      ...api.choose(addressOf(upstream.url), project),
      ...environment,
    },
  });
  await waitFor(() => findMarked(mark).length === 0, 2);
  const left = findMarked(mark).length;
  endMarked(mark);
  await upstream.close();
  const ofApi = upstream.requests.filter(({ path }) => path === api.path);
  const isOurs = (name: string) => name.startsWith(ourCache);
  return {
    finished,
    requests: upstream.requests,
    received: readReceived(workplace),
    turns: ofApi.filter(({ answer }) => answer?.played.startsWith('plain step')),
    refused: upstream.requests.filter(({ answer }) => (answer?.status ?? 0) >= 400).map(({ answer }) => answer?.played),
    edited: readFileSync(join(project, 'src/handlers.js'), 'utf8'),
    home: new Map([...snapshot(home)].filter(([name]) => !isOurs(name))),
    project: snapshot(project, ['.git/']),
    ports,
    left,
  };
}

function edit(from: string, to: string): string {
  return `Here is the change:\n\nsrc/handlers.js\n\`\`\`javascript\n<<<<<<< SEARCH\n${from}\n=======\n${to}\n>>>>>>> REPLACE\n\`\`\`\n`;
}

const line = (message: string) => `    return response.status(401).json({ error: '${message}', code: 1004 });`;
const plainSteps = [
  { text: edit(line('not allowed to ship'), line('shipping needs a role')) },
  { text: edit(line('shipping needs a role'), line('shipping needs the role ship')) },
];

/** 120 lines with colours; it fails until the second edit is there. */
const testScript = `#!/bin/sh
for n in $(seq 1 120); do printf '\\033[32mok\\033[0m %d - handler number %d answers as it should\\n' $n $n; done
grep -q 'needs the role ship' src/handlers.js && exit 0
echo 'not ok 121 - shipping names the role that is missing'
exit 1
`;

function checkTour(checks: Checks, name: string, { finished, turns, refused, edited }: Visit): void {
  checks.check(`${name}: upstream refused nothing`, refused.length === 0, refused.join('\n'));
  checks.check(`${name}: exit code 0`, finished.code === 0, JSON.stringify(finished, null, 1));
  checks.check(`${name}: both steps were played`, turns.length === 2, `${turns.length} turns\n${finished.stdout}\n${finished.stderr}`);
  checks.check(`${name}: both edits are on disk`, edited.includes(line('shipping needs the role ship')));
  checks.check(`${name}: the failed test came back`, JSON.stringify(turns.at(-1)?.json ?? '').includes('not ok 121 - shipping names'));
}

/** Byte for byte what the agent sent, but for what commands printed; and what was sent before is sent again. */
function checkSameButSmaller(checks: Checks, bare: Visit, wrapped: Visit): void {
  const [before, after] = [bare, wrapped].map(({ turns }) => turns.map(({ body }) => body.toString('utf8')));
  if (!checks.check('as many turns as bare', before!.length === after!.length)) return;
  const [expected, found] = [before, after].map((bodies) => setOutputAside(bodies!.join('\n')));
  checks.equal('all but the output of commands is byte for byte that of a bare run', found!, expected!);
  const sizes = [before, after].map((bodies) => Buffer.byteLength(bodies!.at(-1) ?? ''));
  checks.check('the output of commands is smaller', sizes[1]! < sizes[0]! - 5000, sizes.join(' -> '));
  checks.note(`the last request: ${sizes[0]} bytes bare, ${sizes[1]} sent`);
}

/** Commit hashes depend on the time. */
function setOutputAside(text: string): string {
  return text
    .replace(/(And got this output:\\n\\n)(?:[^"\\]|\\.)*?(?=(?:\\n)+(?:"|# \*SEARCH))/g, '$1…')
    .replace(/(git hash )[0-9a-f]{7}/g, '$1<hash>');
}

/** What upstream refuses, the agent is told, and ends as it does without us; after a 403 it would try again for a minute. */
async function checkRefused(checks: Checks, workplace: Workplace, folder: string, cli: string, api: Api): Promise<void> {
  console.log(' refused by upstream with 401 after the first edit, bare and wrapped');
  const options = { steps: [plainSteps[0]!, { status: 401 }] };
  const bare = await visit(workplace, folder, ['aider'], api, options);
  const wrapped = await visit(workplace, folder, commandFor(workplace, cli), api, options);
  const { code } = bare.finished;
  checks.check(`refused: exit code ${code}, as bare`, code !== null && wrapped.finished.code === code, wrapped.finished.stderr);
  const played = ({ requests }: Visit) => requests.map(({ path, answer }) => `${path} ${answer?.played} ${answer?.status}`).join('\n');
  checks.equal('upstream was asked what it is asked bare', played(wrapped), played(bare));
}

function checkReceipt(checks: Checks, { finished, turns }: Visit, json: string): void {
  const { exitCode, requests, removedBy, usage } = JSON.parse(json);
  checks.check('the receipt counts the requests', requests?.turns >= turns.length && exitCode === 0, json);
  checks.check('it names what was removed', removedBy?.repeats > 0, json);
  checks.check("it has the provider's usage", usage?.fresh + usage?.cacheRead + usage?.cacheWrite5m > 0, json);
  checks.check('and it is printed', /headroom .* requests? to the model/.test(finished.stderr), finished.stderr);
}

async function checkNoTrace(checks: Checks, bare: Visit, wrapped: Visit): Promise<void> {
  const names = ({ home, project }: Visit) => [...home.keys(), ...project.keys()].join('\n');
  checks.equal('home and project have the files that a bare run leaves', names(wrapped), names(bare));
  checks.check('no process is left', wrapped.left === 0);
  const open = await Promise.all(wrapped.ports.map(isListening));
  checks.check('its port is free again', open.length === 1 && !open.includes(true), `${wrapped.ports}`);
  const addresses = wrapped.ports.map((port) => `127.0.0.1:${port}`);
  const telling = [...wrapped.home, ...wrapped.project].filter(([, text]) => addresses.some((address) => text.includes(address)));
  checks.check('no file names the proxy', telling.length === 0, telling.map(([name]) => name).join());
}
