/** Runs the agent as it would run without us. */
import type { Launch } from './launch.ts';
import { type AgentExit, type AgentStart, startAgent } from './terminal.ts';
import { takeWorkerAhead } from './worker-thread.ts';

export async function runBare(launch: Launch, notes: readonly string[]): Promise<AgentExit> {
  takeWorkerAhead()?.drop();
  for (const note of notes) launch.note(note);
  const { args, environment } = launch.situation;
  const running = await startAgent(agentStart(launch, args, environment), { note: launch.note });
  return running.exit;
}

/** The start of a launch's agent, with these arguments and this whole environment. */
export function agentStart(launch: Launch, args: readonly string[], environment: AgentStart['environment']): AgentStart {
  const { command, settings, surroundings } = launch;
  return { command, args, environment, cwd: surroundings.workingFolder, pty: settings.usePty && surroundings.isInteractive };
}
