/** `headroom demo` as a person on a fresh machine meets it: real processes, a generated project, and nothing of theirs touched. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { listTextFiles, lookAround } from '../src/demo/look-around.ts';
import { createMachine, type Machine, placeProgram, processesOf, until } from './helpers/launches.ts';
import { openTerminal } from './helpers/outer-terminal.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const numbered = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => `${text(n)}\n`).join('');

function writeProject(): void {
  machine.write(
    'project/src/orders.ts',
    numbered(180, (n) => `export const order${n} = makeOrder(${n}, 'customer ${n * 7919}');`),
  );
  machine.write(
    'project/src/stock.ts',
    numbered(120, (n) => `export function stock${n}(): number { return countStock(${n * 31}); }`),
  );
  machine.write('project/README.md', '# Orders\n');
}

/** Every file and folder of the project with what is in it and when it was changed. */
function projectState(): Record<string, string> {
  const entries = readdirSync(machine.project, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs, mode } = statSync(path);
      return [path, `${mtimeMs} ${mode} ${entry.isFile() ? readFileSync(path, 'latin1') : ''}`];
    }),
  );
}

interface Figures {
  readonly input: { readonly before: number; readonly after: number; readonly removed: number };
  readonly requests: { readonly turns: number; readonly reported: number };
  readonly usage: { readonly cacheWrite5m: number; readonly cacheRead: number };
  readonly removedBy: Readonly<Record<string, number>>;
}

const receiptPattern =
  /\nheadroom \d+ s · \d+ requests to the model\n {2}input {3}~[\d,]+ → [\d,]+ tokens, ~[1-9][\d.]*% removed\n {2}by {6}repeats ~.*\n {2}billed /;

describe('in a project', () => {
  beforeEach(writeProject);

  test('reads files, says what each weighed, ends with a receipt, and leaves nothing anywhere', async () => {
    const [before, home] = [projectState(), machine.homeState()];
    const { code, stdout, stderr } = await machine.run(['demo']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(receiptPattern) });
    expect(stderr).toMatch(/^headroom: demo: .*nothing is sent anywhere, and no figure here is a bill\n/);
    const files = stdout.match(/(?<=^ {2}read )\S+/gm) ?? [];
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((file) => !existsSync(join(machine.project, file)))).toEqual([]);
    expect(projectState()).toEqual(before);
    expect(machine.homeState()).toEqual(home);
    expect(readdirSync(join(machine.home, '.cache', 'headroom'), { recursive: true })).toEqual(['launches']);
    expect(processesOf(machine.root)).toEqual([]);
  });

  test('bills as a prompt cache does, and its lines add up to its receipt', async () => {
    const file = join(machine.root, 'receipt.json');
    const { stdout } = await machine.run(['demo', '--receipt-json', file]);
    const { input, requests, usage, removedBy } = JSON.parse(readFileSync(file, 'utf8')) as Figures;
    expect(usage.cacheWrite5m).toBeGreaterThan(1000);
    expect(usage.cacheRead).toBeGreaterThan(usage.cacheWrite5m);
    expect(removedBy.repeats).toBeGreaterThan(0);
    // A result stands in each request from the one after it to the last.
    const rows = [...stdout.matchAll(/ ([\d,]+) +([\d,]+)$/gm)].map((row) => row.slice(1).map((word) => Number(word.replaceAll(',', ''))));
    expect(rows).toHaveLength(requests.turns - 1);
    const removed = rows.reduce((sum, [whole = 0, sent = 0], at) => sum + (whole - sent) * (rows.length - at), 0);
    expect(input.removed).toBe(removed);
  });

  test('works in a terminal', async () => {
    const terminal = openTerminal(process.execPath, [machine.cli, 'demo'], { cwd: machine.project, environment: machine.environment() });
    const { code } = await terminal.ended;
    expect({ code, text: terminal.text() }).toEqual({ code: 0, text: expect.stringMatching(/read src\/orders\.ts[\s\S]*% removed/) });
  });

  /** In a folder of the project. */
  function runBelow(folder: string) {
    return new Promise<{ readonly stdout: string }>((resolve, reject) => {
      const options = { cwd: join(machine.project, folder), env: machine.environment() };
      execFile(process.execPath, [machine.cli, 'demo'], options, (error, stdout) => (error ? reject(error) : resolve({ stdout })));
    });
  }

  test('asks git without running what the repository configures', async () => {
    const hook = machine.write('hook.sh', `touch "${machine.root}/ran"\n`);
    const git = (...args: string[]) => execFileSync('git', ['-C', machine.project, ...args], { env: machine.environment() });
    git('init', '-q');
    git('-c', 'user.name=A', '-c', 'user.email=a@b.c', 'commit', '-q', '--allow-empty', '-m', 'Start');
    for (const name of ['core.pager', 'core.fsmonitor', 'gpg.program', 'pager.log']) git('config', name, `sh ${hook}`);
    git('config', 'log.showSignature', 'true');
    const { stdout } = await runBelow('src');
    expect(stdout).toMatch(/^ {2}git log +[1-9]\d* /m);
    expect(existsSync(join(machine.root, 'ran'))).toBe(false);
  });
});

test('in an empty folder reads sample texts, and leaves the folder empty', async () => {
  const { code, stderr, stdout } = await machine.run(['demo']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(receiptPattern) });
  expect(stderr).toContain('sample texts of ours');
  expect(stdout).toContain('read src/handlers.js');
  expect(readdirSync(machine.project)).toEqual([]);
  expect(readdirSync(machine.launches)).toEqual([]);
});

test('writes its files where it is called, wherever its agent stands', async () => {
  const { code } = await machine.run(['demo', '--receipt-json', 'receipt.json', '--explain', 'why.jsonl']);
  expect(code).toBe(0);
  expect(readdirSync(machine.project).sort()).toEqual(['receipt.json', 'why.jsonl']);
});

test.each(['project', 'project/deep'])('reads no folder that is a home or holds one: %s', async (home) => {
  writeProject();
  mkdirSync(join(machine.project, 'deep'));
  const { stderr } = await machine.run(['demo'], { HOME: join(machine.root, home), XDG_CACHE_HOME: join(machine.root, 'cache') });
  expect(stderr).toContain('sample texts of ours');
});

describe('with a real agent', () => {
  const reportFile = () => join(machine.root, 'demo-report.json');
  /** Writes down what it was started with, then asks the model once, or waits for ever. */
  function placeAgent(ending: string): void {
    const program = machine.write(
      'agent.mjs',
      `import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(reportFile())}, JSON.stringify({ args: process.argv.slice(2), environment: process.env }));
      ${ending}`,
    );
    placeProgram(join(machine.bin, 'claude'), `exec "${process.execPath}" "${program}" "$@"`);
  }
  const ask = `const reply = await fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST', body: JSON.stringify({
    model: 'claude-sonnet-5', tools: [{ name: 'Bash', input_schema: { properties: { command: {} } } }], messages: [{ role: 'user', content: process.argv[3] }] }) });
    console.log(reply.status, (await reply.json()).content[0].name);`;

  test('gives it a home, a configuration and a key that are not the user’s, and takes them away', async () => {
    writeProject();
    placeAgent(ask);
    const own = {
      ANTHROPIC_API_KEY: 'sk-own',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      AWS_PROFILE: 'own',
    };
    const home = machine.homeState();
    const { code, stdout, stderr } = await machine.run(['demo', 'claude'], { ...own, CLAUDE_CONFIG_DIR: join(machine.home, 'mine') });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '200 Bash\n' });
    expect(stderr).toMatch(/no figure here is a bill\n(?:headroom: .*\n)*headroom \d+ s · 1 request to the model\n/);
    const { args, environment } = JSON.parse(readFileSync(reportFile(), 'utf8')) as { args: string[]; environment: Record<string, string> };
    expect(args).toContain('-p');
    const theirs = machine.launches;
    expect(environment.HOME).toMatch(theirs);
    for (const name of ['CLAUDE_CONFIG_DIR', 'TMPDIR', 'XDG_CACHE_HOME']) expect(environment[name]).toContain(environment.HOME);
    expect(Object.entries(environment).filter(([name, value]) => name in own && value === own[name as keyof typeof own])).toEqual([]);
    expect(environment.AWS_PROFILE).toBeUndefined();
    expect(existsSync(environment.HOME ?? '')).toBe(false);
    expect(machine.homeState()).toEqual(home);
    expect(readdirSync(machine.launches)).toEqual([]);
  });

  test('takes everything away where it is told to end', async () => {
    placeAgent('setInterval(() => {}, 1000);');
    const { child, ended } = machine.start(['demo', 'claude']);
    await until(() => existsSync(reportFile()) && readFileSync(reportFile(), 'utf8').endsWith('}'));
    child.kill('SIGTERM');
    const { code, signal } = await ended;
    expect(code === 143 || signal === 'SIGTERM').toBe(true);
    expect(readdirSync(machine.launches)).toEqual([]);
    expect(processesOf(machine.root)).toEqual([]);
  });

  test('leaves nothing for long where it is killed', async () => {
    writeProject();
    placeAgent('setInterval(() => {}, 1000);');
    const { child } = machine.start(['demo', 'claude']);
    await until(() => existsSync(reportFile()) && readFileSync(reportFile(), 'utf8').endsWith('}'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(machine.launches)).not.toEqual([]);
    await machine.run(['demo']);
    expect(readdirSync(machine.launches)).toEqual([]);
  });
});

test('aider gets a copy of what it is shown, a home and a key that are not the user’s, and ends with a receipt', async () => {
  writeProject();
  for (const folder of ['home', 'project']) {
    machine.write(`${folder}/.env`, 'OPENAI_API_BASE=http://127.0.0.1:9/v1\nOPENAI_API_KEY=own\n');
    machine.write(`${folder}/.aider.conf.yml`, 'openai-api-base: http://127.0.0.1:9/v1\n');
  }
  const reportFile = join(machine.root, 'demo-report.json');
  const program = machine.write(
    'aider.mjs',
    `import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
    const { argv, env } = process;
    const list = (folder) => readdirSync(folder, { recursive: true }).sort();
    const commands = readFileSync(argv[argv.indexOf('--load') + 1], 'utf8').split('\\n');
    const report = { folder: process.cwd(), files: list('.'), home: list(env.HOME), environment: env, commands };
    writeFileSync(${JSON.stringify(reportFile)}, JSON.stringify(report));
    writeFileSync('.aider.chat.history.md', 'what was said');
    const output = readFileSync('src/orders.ts', 'utf8');
    const ran = (command) => 'I ran this command:\\n\\n' + command + '\\n\\nAnd got this output:\\n\\n' + output;
    const messages = ['one', 'two'].flatMap((name) => [{ role: 'user', content: ran(name) }, { role: 'assistant', content: 'Ok.' }]);
    const body = JSON.stringify({ model: 'scripted-demo', messages: [...messages, { role: 'user', content: 'Have a look' }] });
    const reply = await fetch(env.OPENAI_API_BASE + '/chat/completions', { method: 'POST', body });
    console.log((await reply.json()).choices[0].message.content);`,
  );
  placeProgram(join(machine.bin, 'aider'), `exec "${process.execPath}" "${program}" "$@"`);
  const [before, home] = [projectState(), machine.homeState()];
  const { code, stdout, stderr } = await machine.run(['demo', 'aider'], { OPENAI_API_KEY: 'own', AIDER_MODEL: 'own' });
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'That was the demo: the script that plays the model is over.\n',
    stderr: expect.stringMatching(/aider works in a copy of src\/\w+\.ts and src\/\w+\.ts, .*\nheadroom \d+ s[\s\S]*repeats ~[\d,]+/),
  });
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Record<'files' | 'home' | 'commands', string[]> & {
    readonly folder: string;
    readonly environment: Record<string, string>;
  };
  expect(report.folder).toMatch(machine.launches);
  expect(report.files.filter((file) => !file.startsWith('.git'))).toEqual(['src', 'src/orders.ts', 'src/stock.ts']);
  expect(report.home.filter((name) => /env|conf/.test(name))).toEqual([]);
  expect(Object.values(report.environment).filter((value) => value === 'own')).toEqual([]);
  const show = expect.stringMatching(/^\/run cat 'src\/\w+\.ts'/);
  expect(report.commands).toEqual([show, expect.stringMatching(/^\/run grep /), show, '']);
  expect(projectState()).toEqual(before);
  expect(machine.homeState()).toEqual(home);
  expect(readdirSync(machine.launches)).toEqual([]);
});

describe('mistakes', () => {
  test.each([
    [['demo', 'nobody'], 2, 'There is no agent `nobody`\nAgents: '],
    [['demo', 'cursor'], 2, "Cursor cannot be shown: Cursor's own servers ask the model, and no address can be set at which a script"],
    [['demo', '--with-tests', 'claude'], 2, '--with-tests is for the agent of the demo\nTry: headroom demo --with-tests\n'],
    [['demo', 'claude', 'more'], 2, 'too many arguments'],
    [['demo', '--profile', 'x'], 2, '--profile: there is no profile `x`'],
    [['demo', 'claude'], 127, 'Claude Code (`claude`) is not on PATH; install it: '],
  ])('are said, and nothing is put up: %j', async (args, code, message) => {
    rmSync(join(machine.bin, 'claude'));
    const ended = await machine.run(args);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    expect(ended.stderr).toContain(`headroom: ${message}`);
    expect(existsSync(machine.launches)).toBe(false);
  });

  test('the agent of the demo alone says how it is started', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(inject('dist'), 'demo-agent.js')], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('start it with: headroom demo') });
  });
});

test('help fits a screen and shows examples', async () => {
  const { code, stdout } = await machine.run(['demo', '--help']);
  const lines = stdout.trimEnd().split('\n');
  expect({ code, lines: lines.length <= 30, widest: Math.max(...lines.map(({ length }) => length)) <= 80 }).toEqual({
    ...{ code: 0, lines: true, widest: true },
  });
  expect(stdout).toMatch(/Examples:\n {2}headroom demo /);
});

describe('the look around', () => {
  test('passes by what is no text of the user’s own, and gives the same every time', () => {
    writeProject();
    const long = numbered(200, (n) => `line number ${n} of a text`);
    for (const name of ['node_modules/a/index.js', '.git/x.ts', '.secret.ts', 'dist/a.js', 'a.min.js', 'package-lock.json', 'key.pem'])
      machine.write(`project/${name}`, long);
    machine.write('project/binary.ts', `${long}\0`);
    machine.write('project/huge.ts', long.repeat(100));
    machine.write('outside/secret.ts', long);
    symlinkSync(join(machine.root, 'outside'), join(machine.project, 'linked'));
    expect(listTextFiles(machine.project)).toEqual(['README.md', 'binary.ts', 'huge.ts', 'src/orders.ts', 'src/stock.ts']);
    const look = lookAround(machine.project);
    expect([look?.main.path, look?.other?.path].sort()).toEqual(['src/orders.ts', 'src/stock.ts']);
    expect(lookAround(machine.project)).toEqual(look);
  });

  test('finds nothing where there is nothing', () => {
    mkdirSync(join(machine.project, 'empty'));
    machine.write('project/short.ts', 'export {};\n');
    expect(lookAround(machine.project)).toBeUndefined();
    expect(lookAround(join(machine.project, 'missing'))).toBeUndefined();
  });
});
