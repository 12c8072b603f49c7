/**
 * The HTTP API beside what is proxied: compress and retrieve, health and figures, originals and MCP. It listens nowhere: whoever listens
 * decides who may in, and mounts it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Headroom, Profile, Recovery } from '../library/headroom.ts';
import type { Access } from '../proxy/admission.ts';
import type { ExchangeRecord } from '../proxy/records.ts';
import type { SharedStore } from '../store/shared-store.ts';
import { type JsonBody, readJson } from './body.ts';
import { addCompressed, addRecord, addRetrieval, createFigures } from './figures.ts';
import { createMcpAnswer } from './mcp.ts';
import { probes } from './probes.ts';
import { json, type Reply, refusal, send } from './reply.ts';
import { shareFigures } from './shared-figures.ts';
import { statsOf } from './stats.ts';

export interface ApiSettings {
  /** Originals are kept in it and looked for in it. */
  readonly cacheFolder: string;
  readonly profile: Profile;
  /** How notes of `/v1/compress` name originals where the request does not say; undefined: then it leaves nothing out. */
  readonly recovery: Recovery | undefined;
  readonly version: string;
  /** False once it drains: then `/readyz` says 503. */
  readonly isReady?: () => boolean;
  /** Totals of what passed through proxies on this machine, for the tool `headroom_stats`. */
  readonly totals?: () => Promise<Readonly<Record<string, unknown>>>;
  /** What other replicas have, and what they are given. */
  readonly shared?: SharedStore | undefined;
}

export interface Api {
  /**
   * Undefined where nothing is served at this path for such a request; else it is being answered, and fulfilled when that is over. Never
   * rejects. `target`: path and query without secrets. Host and Origin are checked by whoever listens.
   */
  answer(request: IncomingMessage, response: ServerResponse, target: string, access: Access): Promise<void> | undefined;
  /** Tells of a request that passed through the proxy, for `/stats` and `/metrics`. */
  record(record: ExchangeRecord): void;
  /** Fulfilled when what is summed up with other replicas has gone there, or cannot. */
  close(): Promise<void>;
}

/** What is asked at one path. `name`: what stands for `*` in it. */
interface Question {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly access: Access;
  readonly query: URLSearchParams;
  readonly name: string;
}

interface Route {
  /** Undefined: whichever, for it has answers of its own. */
  readonly method: 'GET' | 'POST' | undefined;
  readonly access: readonly Access[];
  readonly answer: (question: Question) => Promise<Reply> | Reply;
}

export function createApi(settings: ApiSettings): Api {
  const { cacheFolder, profile, recovery, version, isReady = () => true, totals = async () => ({}), shared } = settings;
  const began = performance.now();
  const figures = createFigures();
  const sums = shared && shareFigures(figures, shared);
  const everybodys = async () => (sums ? sums.read() : figures);
  const headrooms = new Map<string, Promise<Headroom>>();
  // Kinds of text and tokens are loaded when first needed.
  const open = (wanted: Profile, way: Recovery) => {
    const key = JSON.stringify([wanted, way]);
    const known = headrooms.get(key) ?? loadHeadroom(cacheFolder, wanted, way);
    headrooms.set(key, known);
    return known;
  };
  const retrieving = { cacheFolder, count, bring: shared?.bring, onRetrieved: (name: string) => changed(addRetrieval(figures, name)) };
  const mcp = createMcpAnswer(cacheFolder, totals, shared);
  const probe = (path: string, access: Access): Reply => {
    const config = access === 'all' ? { config: { optimize: true, cache: false, rate_limit: false, profile } } : {};
    const { state, reason } = shared?.state() ?? { state: 'ready', reason: '' };
    const missing = state === 'ready' ? {} : { missing: { shared_store: reason } };
    return probes[path]!({
      version,
      isReady: isReady(),
      uptime: (performance.now() - began) / 1000,
      now: new Date(),
      ...missing,
      ...config,
    });
  };
  const changed = <Result>(result: Result): Result => {
    sums?.push();
    return result;
  };

  const routes: Readonly<Record<string, Route>> = {
    ...Object.fromEntries(Object.keys(probes).map((path) => [path, get(['all', 'none'], ({ access }) => probe(path, access))] as const)),
    '/stats': get(['all'], async () => json(200, statsOf(await everybodys()))),
    '/metrics': get(['all'], async () => (await import('./metrics.ts')).metricsOf(await everybodys())),
    '/v1/compress': post(async ({ request }, body) => {
      const { answerCompress } = await import('./compress.ts');
      const onCompressed = (compressed: Parameters<typeof addCompressed>[1]) => changed(addCompressed(figures, compressed, Date.now()));
      return answerCompress(body, request.headers['x-headroom-bypass'] === 'true', {
        profile,
        recovery,
        open,
        onKept: shared?.share,
        onCompressed,
      });
    }),
    '/v1/retrieve': post(async (_, { value }) => (await import('./retrieve.ts')).answerRetrieve({ hash: undefined, ...value }, retrieving)),
    '/v1/retrieve/tool_call': post(async (_, { value }) => (await import('./tool-call.ts')).answerToolCall(value, retrieving)),
    '/v1/retrieve/*': get(['all'], async ({ name, query }) =>
      (await import('./retrieve.ts')).answerRetrieve({ ...Object.fromEntries(query), hash: name }, retrieving),
    ),
    '/originals/*': get(['content'], async ({ name, query }) =>
      (await import('./retrieve.ts')).answerOriginal({ ...Object.fromEntries(query), hash: name }, retrieving),
    ),
    '/mcp': { method: undefined, access: ['content'], answer: ({ request, response }) => mcp(request, response) },
  };

  return {
    answer: (request, response, target, access) => {
      const [path = '', query = ''] = target.split(/\?(.*)/s);
      const [, folder, name = ''] = /^(\/originals|\/v1\/retrieve)\/([^/]+)$/.exec(path) ?? [];
      const key = folder === undefined || Object.hasOwn(routes, path) ? path : `${folder}/*`;
      const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
      if (!route?.access.includes(access)) return undefined;
      const question = { request, response, access, name, query: new URLSearchParams(query) };
      return run(route, question);
    },
    record: (record) => changed(addRecord(figures, record, Date.now())),
    close: async () => sums?.settle(),
  };
}

function get(access: readonly Access[], answer: Route['answer']): Route {
  return { method: 'GET', access, answer };
}

function post(answer: (question: Question, body: JsonBody) => Promise<Reply>): Route {
  return {
    ...{ method: 'POST', access: ['all'] },
    answer: async (question) => {
      const body = await readJson(question.request);
      return 'refused' in body ? body.refused : answer(question, body);
    },
  };
}

async function run({ method, answer }: Route, question: Question): Promise<void> {
  const { request, response } = question;
  const isMeant = method === undefined || request.method === method;
  try {
    await send(
      response,
      isMeant ? await answer(question) : { ...refusal(405, 'invalid_request', `Only ${method}`), headers: { allow: `${method}` } },
    );
  } catch {
    // The client is gone, or nothing here was foreseen.
    if (!response.headersSent) await send(response, refusal(500, 'internal_error', 'The request could not be answered.'));
  }
  if (!request.complete) request.resume();
}

async function loadHeadroom(cacheFolder: string, profile: Profile, recovery: Recovery): Promise<Headroom> {
  return (await import('../library/create.ts')).createHeadroomIn(cacheFolder, { profile, recovery });
}

async function count(text: string): Promise<number> {
  return (await (await import('../tokens/count.ts')).loadCounter())(text);
}
