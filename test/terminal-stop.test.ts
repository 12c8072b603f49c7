/** Ctrl-Z and `fg` in a real interactive shell, by hand and under npx: the prompt comes back in a sane terminal, and then the agent. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleLauncher, type LauncherBundle, programPath } from './helpers/launcher-bundle.ts';
import { type OuterTerminal, openTerminal } from './helpers/outer-terminal.ts';
import { onlyChild, waitUntil } from './helpers/wait-until.ts';

const node = process.execPath;
const agent = `'${node}' '${programPath('stop-itself.mjs')}'`;
const stops = ['SIGTSTP', 'SIGSTOP'];
let launcher: LauncherBundle;
let folder: string;
beforeAll(async () => {
  launcher = await bundleLauncher();
  folder = mkdtempSync(join(tmpdir(), 'terminal-stop-'));
  const bin = join(folder, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"terminal-stop","private":true}');
  writeFileSync(join(folder, 'launch.mjs'), `#!${node}\nawait import(${JSON.stringify(launcher.file)});\n`);
  chmodSync(join(folder, 'launch.mjs'), 0o755);
  symlinkSync('../../launch.mjs', join(bin, 'launch'));
});
afterAll(() => {
  launcher.remove();
  rmSync(folder, { recursive: true });
});

function openShell(file = join(folder, 'report')): OuterTerminal {
  const environment = {
    PS1: 'PROMPT> ',
    RUN_AGENT_REPORT: file,
    npm_config_update_notifier: 'false',
    npm_config_package: '',
    HISTFILE: '',
  };
  return openTerminal('bash', ['--norc', '--noprofile', '-i'], { cwd: folder, environment });
}

/** Types a command whose output ends in a mark that the command line itself does not show. */
async function ask(terminal: OuterTerminal, command: string): Promise<string> {
  const from = terminal.output().length;
  terminal.type(`${command}; echo "en""d"\r`);
  const to = await terminal.waitFor('end\r\n', from);
  await terminal.waitFor('PROMPT> ', to);
  return terminal.output().toString('latin1', from, to);
}

describe.each([
  ['started by hand', () => `'${node}' '${launcher.file}'`],
  ['under npx', () => 'npx --no-install launch'],
])('a launcher %s', (_, command) => {
  it.each(['pty', 'inherited'].flatMap((stdio) => stops.map((stop) => [stdio, stop])))(
    'stops with an agent that stops only itself, and both go on (%s, %s)',
    async (stdio, stop) => {
      const terminal = openShell();
      await terminal.waitFor('PROMPT> ');
      const modes = await ask(terminal, 'stty -g');

      terminal.type(`${command()} ${stdio} ${agent} ${stop}\r`);
      let at = await terminal.waitFor('[ready]');
      for (let round = 0; round < 2; round += 1) {
        terminal.type('\x1a');
        const stopping = await terminal.waitFor('[stopping]', at);
        const stopped = await terminal.waitFor('Stopped', stopping);
        await terminal.waitFor('PROMPT> ', stopped);
        expect(await ask(terminal, 'stty -g')).toBe(modes);
        terminal.resize(100 + round, 30);
        terminal.type('fg\r');
        at = await terminal.waitFor('[continued]', stopped);
        // Only we can tell it of a change that came while the shell was in front.
        if (stdio === 'pty') await terminal.waitFor(`[${100 + round}x30]`, stopped);
        terminal.type('\x03\x13x');
        at = await terminal.waitFor('78>', at);
      }
      terminal.type('q');
      await terminal.waitFor('PROMPT> ', at);
      expect(await ask(terminal, 'echo "status $?"')).toContain('status 5\r\n');
      expect(await ask(terminal, 'jobs')).not.toContain('Stopped');
      terminal.type('exit\r');
      await terminal.ended;
    },
  );
});

describe('a stop', () => {
  it('shows everything the agent wrote before it, in order', async () => {
    const terminal = openShell();
    await terminal.waitFor('PROMPT> ');
    terminal.type(`'${node}' '${launcher.file}' pty ${agent}\r`);
    const at = await terminal.waitFor('[ready]');
    terminal.type('\x1a');
    const prompt = await terminal.waitFor('PROMPT> ', at);
    expect(terminal.output().toString('latin1', at, prompt)).toMatch(/^\[stopping\]\r\n\r?\n?\[1\]\+ {2}Stopped .*PROMPT> $/s);
    terminal.hangUp();
    await terminal.ended;
  });

  it('sent to the launcher stops the agent too', async () => {
    const file = join(folder, 'sent');
    const terminal = openShell(file);
    await terminal.waitFor('PROMPT> ');
    terminal.type(`'${node}' '${launcher.file}' pty ${agent}\r`);
    const at = await terminal.waitFor('[ready]');
    const { pid: shellPid, launcher: launcherPid } = JSON.parse(readFileSync(file, 'utf8'));
    const pid = await onlyChild(shellPid);
    process.kill(launcherPid, 'SIGTSTP');
    const stopped = await terminal.waitFor('PROMPT> ', at);
    await waitUntil(() => stateOf(pid) === 'T' && stateOf(launcherPid) === 'T');
    terminal.type('fg\r');
    const continued = await terminal.waitFor('[continued', stopped);
    terminal.type('q');
    await terminal.waitFor('PROMPT> ', continued);
    terminal.type('exit\r');
    await terminal.ended;
  });

  it('is undone at once where no shell could ever continue the job', async () => {
    const terminal = openTerminal(node, [launcher.file, 'pty', node, programPath('stop-itself.mjs')]);
    const at = await terminal.waitFor('[ready]');
    terminal.type('\x1a');
    await terminal.waitFor('[continued', at);
    terminal.type('q');
    expect(await terminal.ended).toEqual({ code: 5, signal: undefined });
  });

  it('can be followed by the agent’s death: `fg` gives its status and a sane terminal', async () => {
    const file = join(folder, 'killed');
    const terminal = openShell(file);
    await terminal.waitFor('PROMPT> ');
    const modes = await ask(terminal, 'stty -g');
    const from = terminal.output().length;
    terminal.type(`'${node}' '${launcher.file}' pty ${agent}\r`);
    const at = await terminal.waitFor('[ready]', from);
    terminal.type('\x1a');
    await terminal.waitFor('PROMPT> ', at);
    process.kill(await onlyChild(JSON.parse(readFileSync(file, 'utf8')).pid), 'SIGKILL');
    expect(await ask(terminal, 'fg; echo "status $?"')).toContain('status 137\r\n');
    expect(await ask(terminal, 'stty -g')).toBe(modes);
    terminal.type('exit\r');
    await terminal.ended;
  });

  it.each(['its terminal', 'its launcher'])('ends with %s: no stopped agent is left', async (which) => {
    const file = join(folder, 'stopped');
    const terminal = openShell(file);
    await terminal.waitFor('PROMPT> ');
    terminal.type(`'${node}' '${launcher.file}' pty ${agent}\r`);
    const at = await terminal.waitFor('[ready]');
    const { pid: shellPid, launcher: launcherPid } = JSON.parse(readFileSync(file, 'utf8'));
    const pid = await onlyChild(shellPid);
    terminal.type('\x1a');
    await terminal.waitFor('PROMPT> ', at);
    if (which === 'its terminal') terminal.hangUp();
    else process.kill(launcherPid, 'SIGKILL');
    await waitUntil(() => [pid, shellPid, launcherPid].every((each) => stateOf(each) === undefined));
    terminal.hangUp();
    await terminal.ended;
  });
});

function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const state = stat.charAt(stat.lastIndexOf(')') + 2);
    return state === 'Z' ? undefined : state;
  } catch {
    return undefined;
  }
}
