/** Ctrl-Z: an agent that stops itself stops the whole job with it, so that the shell gets its prompt, and `fg` brings both back. */
import { isStopped } from './terminal-spawn.ts';

/** How long a look at the agent's state keeps the SIGCHLD of its own helper from asking for another look. */
const OWN_ECHO_MS = 50;

/** Calls `onStopped` when the agent is found stopped; not again before the returned promise is done. Returns the call that ends the watch. */
export function watchStops(pid: number, onStopped: () => Promise<void>, platform: NodeJS.Platform = process.platform): () => void {
  if (platform === 'win32') return () => {};
  let isBusy = false;
  let lastLook = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;

  const look = async () => {
    if (isBusy) return;
    isBusy = true;
    while (isStopped(pid, platform)) await onStopped();
    isBusy = false;
    lastLook = performance.now();
  };
  // Without /proc a look starts a process and so causes a SIGCHLD: that one asks for a last look, which asks for none.
  const onChild = () => {
    if (platform !== 'linux' && performance.now() - lastLook < OWN_ECHO_MS) {
      later ??= setTimeout(() => void look(), 2 * OWN_ECHO_MS);
      return;
    }
    later = undefined;
    void look();
  };
  process.on('SIGCHLD', onChild);
  return () => {
    clearTimeout(later);
    process.removeListener('SIGCHLD', onChild);
  };
}

/**
 * Stops our whole process group as Ctrl-Z would, npx and all; resolves when it is continued, or soon if nothing can stop it: a group
 * without a shell above it ignores the signal. Handlers for SIGTSTP must be off.
 */
export function stopWholeJob(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      process.removeListener('SIGCONT', done);
      resolve();
    };
    const timer = setTimeout(done, 250);
    process.on('SIGCONT', done);
    process.kill(0, 'SIGTSTP');
  });
}
