/** Requests that stay in this process: msw answers them as an upstream of the SDKs would, and keeps what was sent. */
import { HttpResponse, http, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import { replyTo } from './sdk-cases.ts';

export interface Sent {
  readonly path: string;
  readonly body: string;
  readonly headers: Headers;
}

export interface Recording {
  /** Where clients are to send to. */
  readonly url: string;
  readonly sent: Sent[];
  /** Answers the next requests, one each, instead of the usual. */
  readonly next: Response[];
  close(): void;
}

export function record(): Recording {
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
  server.listen({ onUnhandledRequest: 'error' });
  return { url, sent, next, close: () => server.close() };
}
