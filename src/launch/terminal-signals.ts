/** Signal handlers that come and go together, and signals that may come too late. */

export type SignalHandlers = Readonly<Partial<Record<NodeJS.Signals, () => void>>>;

const WINDOWS_SIGNALS = new Set(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGWINCH', 'SIGBREAK']);

/** Installs the handlers and returns the call that removes them; with the last of its handlers gone a signal does what it does by default. */
export function handleSignals(handlers: SignalHandlers, platform: NodeJS.Platform = process.platform): () => void {
  const entries = (Object.entries(handlers) as [NodeJS.Signals, () => void][]).filter(
    ([signal]) => platform !== 'win32' || WINDOWS_SIGNALS.has(signal),
  );
  for (const [signal, handler] of entries) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of entries) process.removeListener(signal, handler);
  };
}

/** Sends a signal to a process or, below zero, to a group; one that is gone is no error. */
export function sendSignal(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // Gone already.
  }
}

/** SIGTERM and at last SIGKILL for an agent that outlives its terminal; returns the call that lets it be. */
export function insistOnEnd(end: (signal: NodeJS.Signals) => void, milliseconds = 2000): () => void {
  const timers = (['SIGTERM', 'SIGKILL'] as const).map((signal, step) => setTimeout(end, milliseconds * (step + 1), signal));
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
