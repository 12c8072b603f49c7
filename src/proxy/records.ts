/** What the proxy tells its owner about each request: plain data, so that it crosses from the worker to the main thread. */
import type { Usage } from '../block.ts';
import type { Recovery } from '../library/headroom.ts';
import type { BlockRecord } from '../pipeline/decision.ts';
import type { Skip } from '../pipeline/pipeline.ts';
import type { ColdMoment } from './cold-moment.ts';

/** `shrink`: the product. `observe`: nothing is changed, what would have been saved is recorded. `off`: plain pass-through, metered. */
export type ProxyMode = 'shrink' | 'observe' | 'off';

/**
 * How a request ended. `answered`: upstream's reply went through to its end. `aborted`: the agent went away first.
 * `upstream-failed`: no reply, or one that broke off. `refused`: wrong secret, Host or Origin, nothing went upstream.
 */
export type Outcome = 'answered' | 'aborted' | 'upstream-failed' | 'refused';

export interface ExchangeRecord {
  /** Epoch milliseconds at which the request came. */
  readonly time: number;
  /** Host and port that the request was for; absent where it was refused at the door. */
  readonly upstream?: string;
  readonly protocol: string | undefined;
  /** `tool-output`: what a tool returned, handed over by an agent's hook; nothing of it goes upstream. */
  readonly kind: 'turn' | 'count' | 'other' | 'tool-output';
  readonly model: string | undefined;
  readonly method: string;
  /** Path without the launch secret and without the query. */
  readonly path: string;
  readonly status: number | undefined;
  readonly outcome: Outcome;
  /** Body sizes in bytes, as received (decoded) and as sent. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Every result block of the request; `observe` lists what would have been. */
  readonly blocks: readonly BlockRecord[];
  /** Why the body as a whole was left alone, such as `unknown shape`, `over 64 MiB`; undefined where it was read. */
  readonly untouched: string | undefined;
  /** True where upstream said 400 to a changed body and the originals were sent once more. */
  readonly retried: boolean;
  readonly usage: Usage | undefined;
  /** Set by the launch: tokens that were written to the prompt cache once more because what had been sent went out otherwise. Estimated. */
  readonly rewritten?: number;
  /** Set where the provider certainly held nothing of the conversation and old results were rewritten. */
  readonly cold?: ColdMoment;
  /** Set where the usage shows that a lever of ours made the provider write again what it had: which. */
  readonly tripped?: string;
  /** True where the request's login is an account that is paid by the month. */
  readonly bySubscription?: boolean;
  /** Milliseconds spent on reading, deciding and splicing. */
  readonly addedMs: number;
}

/** Where the proxy sends what it gets, and how it reaches it. */
export interface Upstream {
  /** Base URL, with the path prefix of a gateway where there is one; no trailing slash needed. */
  readonly url: string;
  /** A corporate proxy's URL for this upstream, where the environment names one. */
  readonly proxyUrl: string | undefined;
  /** PEM files with extra authorities, beside Node's own. */
  readonly caFiles: readonly string[];
}

/** Where originals of excerpts go. */
export interface OriginalsPlace {
  /** No links in its path: agents compare paths. */
  readonly folder: string;
  /** The launch's own, where it marks what it uses. Absent: nothing is written, only the names are made. */
  readonly privateFolder?: string;
  /** What notes name: the file unless given. */
  readonly recovery?: Recovery;
}

export interface ProxySettings {
  /** 0: any free port. A restarted worker is given the port it had. */
  readonly port: number;
  /** Address or name to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** The first path segment of every request: 32 hex digits (128 bits). Not asked for where the door stands open. */
  readonly secret: string;
  /** Set: no secret in the path, see `open-door.ts`. Wherever others than this machine can reach it, visitors have to show the token. */
  readonly open?: { readonly token: string | undefined };
  /** Connections beyond these are closed at once. */
  readonly mostConnections?: number;
  /** Milliseconds: a connection on which no head of a request has come in that time is closed, where strangers can reach it. Absent: none is. */
  readonly mostHeadMs?: number;
  /** Opens the endpoint to which hooks hand what tools returned: its first path segment, 32 hex digits, never on a command line. */
  readonly contentSecret?: string;
  /** For every request that `upstreams` has none for. Absent: those are told from their headers, and else have no reply. */
  readonly upstream?: Upstream | undefined;
  /** By the family of APIs that a request belongs to. */
  readonly upstreams?: Readonly<Record<string, Upstream>>;
  readonly mode: ProxyMode;
  readonly profile: 'lossless' | 'standard';
  readonly version: string;
  /** Absent: no excerpts, whatever the profile. */
  readonly originals?: OriginalsPlace;
  /** Where decisions are recorded, so that they outlive this process. Absent: as long as it remembers them. */
  readonly decisions?: { readonly folder: string };
  /** False: history that nobody recorded may have been sent by somebody else, and stays as it is while it may be in the provider's cache. */
  readonly isOurs?: boolean;
  /** False: old results are left as they are when the provider's cache has expired. */
  readonly rewritesCold?: boolean;
  /** Seconds in place of what requests say of the cache's life, the margin included; for tests. */
  readonly cacheLife?: number;
  /**
   * True: who asks for another protocol, such as WebSocket, is answered 426 at once. `conversations`: where a protocol of ours would read the
   * same over HTTP. Else such requests pass through.
   */
  readonly refusesUpgrades?: boolean | 'conversations';
  /** Chain keys of blocks whose skip must stand, from a worker that died. */
  readonly skips: readonly Skip[];
}
