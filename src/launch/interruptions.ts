/**
 * Keeps the process alive through signals and stray errors for as long as something has to be taken down. While the agent runs, the
 * terminal's own handlers pass the signals on; here they are only kept from killing us, and remembered.
 */
import { messageOf } from '../errors.ts';

export interface Interruptions {
  /** The first signal that came, if any. */
  signal(): NodeJS.Signals | undefined;
  /** Stray errors, one line each. */
  errors(): readonly string[];
  stop(): void;
}

const watched: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** `onError`: something threw that nobody caught. */
export function watchInterruptions(onError: () => void): Interruptions {
  let first: NodeJS.Signals | undefined;
  const errors: string[] = [];
  const remember = (signal: NodeJS.Signals) => {
    first ??= signal;
  };
  const collect = (thrown: unknown) => {
    errors.push(`unexpected error: ${messageOf(thrown)}`);
    onError();
  };
  for (const signal of watched) process.on(signal, remember);
  process.on('uncaughtException', collect);
  return {
    signal: () => first,
    errors: () => errors,
    stop: () => {
      for (const signal of watched) process.off(signal, remember);
      process.off('uncaughtException', collect);
    },
  };
}
