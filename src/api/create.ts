/**
 * The HTTP API beside what is proxied: compress and retrieve, health and figures, originals and MCP. It listens nowhere: whoever listens
 * decides who may in, and mounts it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Profile, Recovery } from '../library/headroom.ts';
import type { ExchangeRecord } from '../proxy/records.ts';
import { probes } from './probes.ts';
import { type Reply, refusal, send } from './reply.ts';

export interface ApiSettings {
  /** Originals are kept in it and looked for in it. */
  readonly cacheFolder: string;
  readonly profile: Profile;
  /** How notes of `/v1/compress` name originals, where the request does not say. */
  readonly recovery: Recovery;
  readonly version: string;
  /** False once it drains: then `/readyz` says 503. */
  readonly isReady?: () => boolean;
}

/**
 * What a request was let in for. `all`: it showed the secret or token of the proxy, or none is asked for where it comes from.
 * `content`: it showed the content secret, which opens originals and MCP and nothing else. `none`: it showed nothing; probes alone answer.
 */
export type Access = 'all' | 'content' | 'none';

export interface Api {
  /**
   * Undefined where nothing is served at this path for such a request; else it is being answered, and fulfilled when that is over. Never
   * rejects. `target`: path and query without secrets. Host and Origin are checked by whoever listens.
   */
  answer(request: IncomingMessage, response: ServerResponse, target: string, access: Access): Promise<void> | undefined;
  /** Tells of a request that passed through the proxy, for `/stats` and `/metrics`. */
  record(record: ExchangeRecord): void;
}

export function createApi({ profile, version, isReady = () => true }: ApiSettings): Api {
  const began = performance.now();
  const probe = (path: string, access: Access): Reply | undefined => {
    const config = access === 'all' ? { config: { optimize: true, cache: false, rate_limit: false, profile } } : {};
    const probed = { version, isReady: isReady(), uptime: (performance.now() - began) / 1000, now: new Date(), ...config };
    return probes[path]?.(probed);
  };
  return {
    answer: (request, response, target, access) => {
      const [path = ''] = target.split('?', 1);
      if (!Object.hasOwn(probes, path) || access === 'content') return undefined;
      if (request.method !== 'GET') return send(response, { ...refusal(405, 'invalid_request', 'Only GET'), headers: { allow: 'GET' } });
      const reply = probe(path, access);
      return reply && send(response, reply);
    },
    record: () => {},
  };
}
