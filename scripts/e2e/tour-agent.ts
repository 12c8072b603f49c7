/** What the tour needs to know of an agent: where it comes from, how it is set up and how it is asked. */

export interface TourAgent {
  /** What follows `headroom wrap`. */
  readonly name: string;
  readonly title: string;
  readonly package: string;
  readonly version: string;
  /** The program in its package. */
  readonly command: string;
  /** The oldest Node it runs on, where that is newer than ours. */
  readonly node?: number;
  /** Writes what its user has set up, once before every visit. */
  readonly setUp: (place: TourPlace) => TourStart;
  /** Its user has set up the MCP server. */
  readonly hasServer: boolean;
  /** Statuses of an overloaded upstream that it tries again after, by itself and soon; none: it gives up at once. */
  readonly retries?: readonly number[];
  /** What a bare run needs beside that, to be compared with a wrapped one. */
  readonly bareEnvironment?: Readonly<Record<string, string>>;
  /** How a result looks whose output the agent itself lost on the way from its shell. */
  readonly losesOutput?: RegExp;
  /** Visited whenever everything is, not by name alone. */
  readonly isUsual?: boolean;
  /** Its model opens originals by their path, unasked. */
  readonly opensFiles?: boolean;
  /** Words for a person at a terminal, and what its screen shows when it is ready; absent: no terminal visit. */
  readonly terminal?: TourTerminal;
}

interface TourPlace {
  readonly home: string;
  readonly project: string;
  /** The scripted upstream, as its user has set it. */
  readonly upstream: string;
  /** The command of an MCP server called `lab`. */
  readonly server: { readonly command: string; readonly args: readonly string[] };
  readonly prompt: string;
  /** Writes a file below the home. */
  readonly write: (path: string, text: string) => void;
}

export interface TourStart {
  /** The agent's own words, for a visit without a terminal. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface TourTerminal {
  readonly args: readonly string[];
  readonly ready: RegExp;
  /** What ends it. */
  readonly quit: (screen: { type(line: string): Promise<void>; press(key: string): void }) => Promise<void>;
}
