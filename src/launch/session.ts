/** One agent's life, from its private folder to its receipt. It is handed everything it knows about the process it runs in. */
import type { ProxyMode } from '../proxy/records.ts';
import type { Wrapper } from './wrapper.ts';

/** What the user chose for this launch. */
export interface SessionSettings {
  readonly mode: ProxyMode;
  readonly profile: 'lossless' | 'standard';
  /** Instead of the upstream that the agent's own settings name. */
  readonly upstream: string | undefined;
  /** False: inherited stdio even where a terminal is there. */
  readonly usePty: boolean;
  /** No notes and no receipt on stderr. */
  readonly isQuiet: boolean;
  readonly receiptFile: string | undefined;
  readonly explainFile: string | undefined;
}

/** The process we run in, as its entry point found it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly workingFolder: string;
  /** Stdin and stdout are both terminals. */
  readonly isInteractive: boolean;
}

/** How the agent ended, to be mirrored. */
export interface Ending {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
}

/** Runs the agent behind a proxy of its own; resolves when everything is taken down and the receipt is printed. */
export async function runSession(
  _wrapper: Wrapper,
  _args: readonly string[],
  _settings: SessionSettings,
  _surroundings: Surroundings,
): Promise<Ending> {
  throw new Error('in work');
}
