/** The types of one launch: what the user chose, where we run, and what was found out before the agent starts. */
import type { ProxyMode } from '../proxy/records.ts';
import type { OwnPrices } from '../tokens/prices.ts';
import type { OutputFile } from './output-files.ts';
import type { Meter } from './totals.ts';
import type { Situation, Wrapper } from './wrapper.ts';

/** What the user chose for this launch. */
export interface SessionSettings {
  readonly mode: ProxyMode;
  readonly profile: 'lossless' | 'standard';
  /** Instead of the upstream that the agent's own settings name. */
  readonly upstream: string | undefined;
  /** The same for one family of APIs: `anthropic`, `openai`. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** False: old results stay as they are when the provider's cache has certainly expired. */
  readonly rewritesCold: boolean;
  /** False: inherited stdio even where a terminal is there. */
  readonly usePty: boolean;
  /** No notes and no receipt on stderr. */
  readonly isQuiet: boolean;
  readonly receiptFile: string | undefined;
  readonly explainFile: string | undefined;
  /** Nothing of this launch stays: its originals go at its end, and no line of it stands in the ledger. */
  readonly isEphemeral: boolean;
  /** The agent gets our MCP server, where it can take one for a single launch. */
  readonly givesTools: boolean;
  /** What the user says that models cost, over the list that ships with us. */
  readonly prices: OwnPrices;
  /** True: no provider bills this launch. */
  readonly isDemo?: boolean;
}

/** The process we run in, as its entry point found it. */
export interface Surroundings {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly workingFolder: string;
  /** The file we run from. */
  readonly ownFile: string;
  /** Stdin and stdout are both terminals. */
  readonly isInteractive: boolean;
}

export interface Outputs {
  readonly receipt: OutputFile | undefined;
  readonly explain: OutputFile | undefined;
}

/** A launch with all its questions answered. */
export interface Launch {
  readonly wrapper: Wrapper;
  readonly settings: SessionSettings;
  readonly surroundings: Surroundings;
  /** The agent's program. */
  readonly command: string;
  readonly situation: Omit<Situation, 'proxyAddress' | 'privateFolder'>;
  readonly meter: Meter;
  readonly outputs: Outputs;
  /** Says one line to the user, unless they asked for quiet. */
  readonly note: (line: string) => void;
}
