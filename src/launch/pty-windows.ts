/**
 * How a program is named to ConPTY, which starts executables only: batch files, as npm installs its commands, go through cmd.exe
 * with every argument escaped twice, once for cmd.exe and once for the batch file that hands them on.
 */
import type { AgentStart } from './terminal.ts';

export interface WindowsCommand {
  readonly file: string;
  /** A string is a command line already escaped. */
  readonly args: string[] | string;
}

/** `path` is the program found for `start.command`. */
export function windowsCommandLine(path: string, start: Pick<AgentStart, 'args' | 'environment'>): WindowsCommand {
  if (!/\.(cmd|bat)$/i.test(path)) return { file: path, args: [...start.args] };
  const line = [escapeForShell(path), ...start.args.map((arg) => escapeForShell(escapeForShell(quote(arg))))].join(' ');
  const shell = Object.entries(start.environment).find(([name]) => name.toUpperCase() === 'COMSPEC')?.[1] ?? 'cmd.exe';
  return { file: shell, args: `/d /s /c "${line}"` };
}

// Backslashes count double before a quote and at the end, as CommandLineToArgvW reads them.
function quote(arg: string): string {
  return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

function escapeForShell(text: string): string {
  return text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}
