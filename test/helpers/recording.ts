/** Requests that stay in this process: msw answers them as an upstream of the SDKs would, and keeps what was sent. */
import { HttpResponse, http, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import { afterEach, beforeEach } from 'vitest';
import { replyTo } from './sdk-cases.ts';

interface Sent {
  readonly path: string;
  readonly body: string;
  readonly headers: Headers;
}

interface Recording {
  /** Where clients are to send to. */
  readonly url: string;
  readonly sent: Sent[];
  /** Answers the next requests, one each, instead of the usual. */
  readonly next: Response[];
}

/** Records anew for each test of a file. */
export function recordEach(): Recording {
  const url = 'http://upstream.test';
  const sent: Sent[] = [];
  const next: Response[] = [];
  const server = setupServer(
    http.all('*', async ({ request }) => {
      const { origin, pathname, search } = new URL(request.url);
      if (origin !== url) return passthrough();
      sent.push({ path: pathname + search, body: await request.text(), headers: request.headers });
      return (
        next.shift() ?? HttpResponse.json(replyTo(pathname) as object, { headers: { 'request-id': 'req_1', 'x-request-id': 'req_1' } })
      );
    }),
  );
  beforeEach(() => {
    sent.length = 0;
    next.length = 0;
    server.listen({ onUnhandledRequest: 'error' });
  });
  afterEach(() => server.close());
  return { url, sent, next };
}
