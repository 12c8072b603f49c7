/** MCP at one address for all clients: its tools keep and look for originals where the rest of the API does. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSession } from '../mcp/session.ts';
import { readBody } from '../proxy/body.ts';
import { originalsFolders } from '../store/list-originals.ts';
import { openOriginals } from '../store/originals.ts';
import { cacheParts } from '../store/place.ts';
import type { SharedStore } from '../store/shared-store.ts';
import { invalid } from './body.ts';
import { type Reply, refusal } from './reply.ts';

export function createMcpAnswer(
  cacheFolder: string,
  totals: () => Promise<Readonly<Record<string, unknown>>>,
  shared?: SharedStore,
): (request: IncomingMessage, response: ServerResponse) => Promise<Reply> {
  const originals = openOriginals(cacheParts(cacheFolder).originals);
  const toolbox = {
    keep: (text: string) => {
      const kept = originals.keep(text);
      if (kept.isKept) void shared?.share([kept.name]);
      return kept;
    },
    bring: shared?.bring,
    places: () => ({ folders: originalsFolders(cacheFolder), workingFolder: cacheFolder }),
    totals,
    session: createSession(),
  };
  return async (request, response) => {
    // Pages have no business here, whatever they know.
    if (request.headers.origin !== undefined) return refusal(403, 'forbidden', 'Forbidden');
    const body = await readBody(request);
    if (!body) return invalid(413, 'The body is over 64 MiB.');
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const { method = '', headers } = request;
    const { answerMcp } = await import('../mcp/http.ts');
    const { status, ...reply } = await answerMcp({ method, headers, body }, toolbox, gone.signal);
    return { status, ...reply, ...(status === 405 ? { headers: { allow: 'POST' } } : {}) };
  };
}
