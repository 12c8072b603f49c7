#!/usr/bin/env node
/** The bin: starts what takes longest, then the command that was typed. */
import { startsLaunch } from './launch/starts-launch.ts';
import { startWorkerAhead, takeWorkerAhead } from './launch/worker-thread.ts';

// Node's own warnings would land in the agent's screen.
process.removeAllListeners('warning');

// Almost every start is this one: what it needs is loaded while the words are read.
if (startsLaunch(process.argv.slice(2))) {
  startWorkerAhead();
  void import('./launch/session.ts').catch(() => {});
}
const { runCommandLine } = await import('./commands/run.ts');
await runCommandLine();
// Words that made no sense after all.
takeWorkerAhead()?.drop();
