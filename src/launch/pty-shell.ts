/**
 * The shell between the PTY and the agent. An agent that leads its own session cannot be stopped by SIGTSTP: the kernel ignores it
 * in a process group with no one of the same session above it, and Claude Code for one then stands there `suspended` for ever. So a
 * shell leads the session and runs the agent as its foreground job; when the job stops, the shell stops, which is what we watch.
 */
import type { AgentStart } from './terminal.ts';

// Its messages about jobs go nowhere. The modes are the outer terminal's own, as `stty -g` printed them. A hang-up ends the shell, and the
// kernel sees to the job. 145 to 150 are 128 + SIGSTOP, SIGTSTP, SIGTTIN and SIGTTOU on Linux and on BSDs. For bash: no loop, which a stop
// would break; no trap, which would spoil the status of an agent that SIGINT ended; and a late question about one that died while stopped.
const SCRIPT = `exec 3>&2 2>/dev/null
[ -n "$1" ] && stty "$1"
shift
(exec "$@" 2>&3 3>&-)
status=$?
stop() {
  kill -STOP $$
  fg %1 >/dev/null
  status=$?
  [ $status = 1 ] && late
  mirror
}
late() {
  wait %1
  late=$?
  [ $late = 127 ] || status=$late
}
mirror() {
  case $status in 14[5-9] | 150) kill -0 %1 && stop ;; esac
}
mirror
exit $status`;

/** What shells set or change of their own accord. */
const TOUCHED = '_ BASHOPTS COLUMNS IFS LINENO LINES OLDPWD OPTIND PPID PWD RANDOM SECONDS SHELLOPTS SHLVL'.split(' ');

/** The shell's arguments. `modes` is empty where there is no stty. */
export function shellArguments(
  { command, args, environment }: Pick<AgentStart, 'command' | 'args' | 'environment'>,
  modes: string,
): string[] {
  // Job control from the start: bash takes stderr for its terminal, and only keeps a handle of its own on it when it starts.
  return ['-m', '-c', SCRIPT, 'headroom', modes, ...restoring(command, environment), command, ...args];
}

// Variables that a shell touches, or drops because it could not name them, come to the agent by way of env.
function restoring(command: string, environment: AgentStart['environment']): string[] {
  if (command.includes('=')) return [];
  const isDropped = (name: string) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name !== '';
  const set = Object.entries(environment).filter(([name, value]) => value !== undefined && (TOUCHED.includes(name) || isDropped(name)));
  const unset = ['_', 'OLDPWD', 'PWD', 'SHLVL'].filter((name) => environment[name] === undefined);
  return ['/usr/bin/env', ...unset.flatMap((name) => ['-u', name]), ...set.map(([name, value]) => `${name}=${value}`)];
}
