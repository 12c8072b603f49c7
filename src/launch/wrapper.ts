/**
 * What a wrapper and a plan are. A wrapper is one pure object per agent: a situation in, a plan out; it reads nothing,
 * starts nothing and writes nothing. The session writes the plan's private files, starts its command and takes both away.
 */
import type { ServerStart } from '../mcp/agents.ts';

/** A file of the user's that the agent reads too, already read by the session; `text` is undefined where there is none. */
export interface KnownFile {
  readonly path: string;
  readonly text: string | undefined;
}

export interface Situation {
  /** What the user typed after the agent's name. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly workingFolder: string;
  /** Root of the git checkout that holds the working folder (the main one where that is a linked worktree), else the working folder. */
  readonly projectFolder: string;
  /** Ours alone, 0700, gone at exit. */
  readonly privateFolder: string;
  /** Holds the originals of excerpts, for the agent to read without asking; no links in its path. Absent where this launch makes none. */
  readonly originalsFolder?: string | undefined;
  /** `http://127.0.0.1:PORT/SECRET`, no trailing slash. */
  readonly proxyAddress: string;
  /** `http://127.0.0.1:PORT/SECRET2/tool-output`, for private files only. Absent where the plan does not ask for tool output. */
  readonly toolOutputAddress?: string | undefined;
  /** Node, and the folder of the programs that ship with us, for hooks. Absent before the launch has started. */
  readonly programs?: { readonly node: string; readonly folder: string };
  /** How our MCP server is started, called `headroom`. Absent where the user wants none, and before the launch has started. */
  readonly toolServer?: ServerStart | undefined;
  /** The files that `wrapper.readsFiles` named, in the same order. */
  readonly files: readonly KnownFile[];
}

export interface PrivateFile {
  /** Path inside the private folder, with slashes; written 0600, its folders made 0700. */
  readonly name: string;
  readonly text: string;
}

export interface Plan {
  readonly command: string;
  readonly args: readonly string[];
  /** Set in the agent's environment, over what is there; `undefined` takes a variable away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: readonly PrivateFile[];
  /** Base URL the proxy forwards to, unless the user's `--upstream` says otherwise. */
  readonly upstream: string;
  /**
   * Other base URLs, for agents that speak several APIs or ask several providers. By the family of APIs a request belongs to (`anthropic`,
   * `openai`), or by any name of letters, digits, `-`, `_` and `.`: what the agent sends to `PROXY-ADDRESS/@NAME/...` goes there.
   */
  readonly upstreams?: Readonly<Record<string, string>>;
  /** The environment in which the upstream is reached: HTTPS_PROXY, NO_PROXY and extra authorities as the agent itself would see them. */
  readonly network: Readonly<Record<string, string | undefined>>;
  /** One line each, shown before the agent starts: what is lost or not covered. */
  readonly notes: readonly string[];
  /** False for subcommands that call no model (`claude mcp list`): no traffic is no surprise. */
  readonly callsModel: boolean;
  /** True where the proxy could not serve this launch (a note says why) or has nothing to do in it: the agent runs exactly as without us. */
  readonly runsBare: boolean;
  /** True for agents that fall back to plain HTTP where another protocol, such as WebSocket, is refused: the proxy reads HTTP only. */
  readonly refusesUpgrades?: boolean;
  /** What passes through us and what the receipt is about: requests to the model, unless only what tools returned, handed over by hooks. */
  readonly covers?: 'requests' | 'tool-output';
}

/** A program found under the agent's name. */
export interface FoundProgram {
  /** With every link followed. */
  readonly path: string;
  /** The first 4 KiB. */
  readonly start: string;
}

/** What an agent can and cannot do with us, one line each, for `headroom agents` and the README. */
export interface Coverage {
  /** Which requests to the model pass through the proxy, and which do not. */
  readonly proxied: string;
  /** What gets smaller. */
  readonly smaller: string;
  /** What the receipt is about. */
  readonly receipt: string;
  /** What the agent can do by itself and not with us. */
  readonly lost: string;
}

/** A wrapper that a person can name. */
export interface ListedWrapper extends Wrapper {
  readonly coverage: Coverage;
  /** How it is shown by `headroom demo`; or why it cannot be, to follow "it cannot be shown: ". */
  readonly demo: Demo | string;
}

export interface Wrapper {
  /** What the user types. */
  readonly name: string;
  readonly title: string;
  /** The program to look for on PATH; a whole path stands as it is. */
  readonly command: string;
  /** Other names of the same program, looked for after `command`. */
  readonly otherCommands?: readonly string[];
  /** For a name that other programs have too: whether this one is the agent. */
  readonly recognises?: (program: FoundProgram) => boolean;
  /** What people may have in its place, and what to say to them. */
  readonly lookalike?: { readonly command: string; readonly message: string; readonly hint: string };
  /** How to get the agent, one line; empty where only the user knows. */
  readonly install: string;
  /** Where the agent may stand when PATH has none, most likely first. */
  readonly otherPlaces: (homeFolder: string) => readonly string[];
  /** Paths of settings files that decide the plan. One that ends in `*.json` stands for every such file in its folder, by name. */
  readonly readsFiles: (situation: Omit<Situation, 'files' | 'proxyAddress' | 'privateFolder' | 'originalsFolder'>) => readonly string[];
  readonly plan: (situation: Situation) => Plan;
  /** Whether the agent's model can open a file by its path, without asking: only then is it shown excerpts. */
  readonly opensFiles: boolean;
  /** The setting of the user's, and where it stands, by which it may not open what lies in this folder; then it is shown none after all. */
  readonly deniesReading?: (situation: Omit<Situation, 'proxyAddress' | 'privateFolder'>, folder: string) => string | undefined;
  /**
   * True for agents that tell files as they are now before the conversation: after an edit no request goes on with the one before, so history
   * that nobody recorded is no sign of somebody else's, nor in the provider's cache.
   */
  readonly tellsFilesFirst?: boolean;
  /** Where requests that do not come through us most likely went, to follow "or ": `a server of it that runs already sends them`. */
  readonly strays?: string;
  /** Whether the plan can give the agent an MCP server for one launch. */
  readonly takesTools?: boolean;
}

/** How an agent works by itself on a configuration that is not the user's. */
export interface Demo {
  readonly plan: (demo: DemoSituation) => DemoStart;
  /** For an agent that reads settings in the folder it stands in, or writes there: it gets a copy of the files that are shown. */
  readonly worksInCopy: boolean;
  /** False where the agent declares none to the model. */
  readonly hasTools: boolean;
}

export interface DemoSituation {
  /** Empty, ours alone and thrown away afterwards; the agent's home folder in this demo. */
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
  /** Where the demo's upstream listens, `http://127.0.0.1:PORT`. */
  readonly upstream: string;
  /** What to ask the agent for. */
  readonly prompt: string;
  /** What there is to see in its folder: paths below it, with slashes, the most telling first; and a word to search for. */
  readonly files: readonly string[];
  readonly word: string;
}

export interface DemoStart {
  readonly args: readonly string[];
  /** Beside what every program needs, such as PATH: nothing else of the user's environment is there. */
  readonly environment: Readonly<Record<string, string>>;
  /** Written into its home folder. */
  readonly files?: readonly PrivateFile[];
}
