/** Where our scripts for completion lie, if somebody followed the examples of `headroom completion`, and how they go again. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Surroundings } from '../launch/launch.ts';

type Place = Pick<Surroundings, 'platform' | 'homeFolder' | 'environment'>;

export interface ScriptsTaken {
  /** One line each. */
  readonly done: readonly string[];
  readonly toDo: readonly string[];
}

/** Files that hold a script of ours alone go; out of a profile goes what it printed; a line that a person wrote is named. */
export function takeOutScripts(dryRun: boolean, place: Place): ScriptsTaken {
  const files = ownFiles(place).filter((path) => isScript(read(path)));
  const [done, toDo]: [string[], string[]] = [[], []];
  for (const path of files) attempt(path, `completion script ${path}`, () => dryRun || rmSync(path));
  for (const path of profiles(place)) {
    const text = read(path);
    if (!/\bheadroom comple(?:te|tion)\b/.test(text)) continue;
    const rest = text.replace(appended, '');
    if (rest !== text) attempt(path, `completion script in ${path}`, () => dryRun || writeFileSync(path, rest));
    const line = rest.split('\n').findIndex((each) => /^(?!\s*#).*\bheadroom comple(?:te|tion)\b/.test(each));
    if (line >= 0) toDo.push(`${path}, line ${line + 1}, asks us for completion: take it out`);
  }
  return { done, toDo };

  function attempt(path: string, what: string, step: () => unknown): void {
    try {
      step();
      done.push(`${dryRun ? 'would remove' : 'removed'} ${what}`);
    } catch (thrown) {
      toDo.push(`${path} stays: ${messageOf(thrown)}`);
    }
  }
}

/** Head and foot of what PowerShell is told to append to its profile. */
const appended =
  /# powershell completion for headroom -\*- shell-script -\*-\r?\n[\s\S]*?\nRegister-ArgumentCompleter -CommandName 'headroom' -ScriptBlock \$__headroomCompleterBlock\r?\n(?:\r?\n)?/;

/** Where shells look for a script of one command. */
function ownFiles({ homeFolder, environment }: Place): readonly string[] {
  const data = environment.XDG_DATA_HOME || join(homeFolder, '.local', 'share');
  const config = environment.XDG_CONFIG_HOME || join(homeFolder, '.config');
  const zsh = [
    '.zfunc',
    '.zsh/completions',
    '.zsh/completion',
    '.zsh/functions',
    '.oh-my-zsh/completions',
    '.oh-my-zsh/custom/completions',
  ];
  const shared = ['/usr/local/share/zsh/site-functions', '/opt/homebrew/share/zsh/site-functions', join(data, 'zsh', 'site-functions')];
  return [
    join(data, 'bash-completion', 'completions', 'headroom'),
    join(config, 'fish', 'completions', 'headroom.fish'),
    ...[...zsh.map((folder) => join(homeFolder, folder)), ...shared].map((folder) => join(folder, '_headroom')),
  ];
}

/** What shells read when they start. */
function profiles({ platform, homeFolder, environment }: Place): readonly string[] {
  const shells = ['.bashrc', '.bash_profile', '.profile', '.zshrc', '.zprofile'].map((name) => join(homeFolder, name));
  const config = environment.XDG_CONFIG_HOME || join(homeFolder, '.config');
  const folders =
    platform === 'win32'
      ? ['PowerShell', 'WindowsPowerShell'].map((name) => join(homeFolder, 'Documents', name))
      : [join(config, 'powershell')];
  const powershell = folders.flatMap((folder) => ['profile.ps1', 'Microsoft.PowerShell_profile.ps1'].map((name) => join(folder, name)));
  return [...shells, join(config, 'fish', 'config.fish'), ...powershell];
}

/** By the line at its head: those of other versions read otherwise below it. */
function isScript(text: string): boolean {
  return /^# (?:bash|zsh|fish) completion for headroom\b/m.test(text.slice(0, 600));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
