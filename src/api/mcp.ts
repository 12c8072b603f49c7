/** MCP at one address for all clients: its tools keep and look for originals where the rest of the API does. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSession } from '../mcp/session.ts';
import { readBody } from '../proxy/body.ts';
import { originalsFolders } from '../store/list-originals.ts';
import { openOriginals } from '../store/originals.ts';
import { cacheParts } from '../store/place.ts';
import { invalid } from './body.ts';
import { type Reply, refusal } from './reply.ts';

export function createMcpAnswer(
  cacheFolder: string,
  totals: () => Promise<Readonly<Record<string, unknown>>>,
): (request: IncomingMessage, response: ServerResponse) => Promise<Reply> {
  const toolbox = {
    keep: openOriginals(cacheParts(cacheFolder).originals).keep,
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
