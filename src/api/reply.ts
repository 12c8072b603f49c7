/** What the API answers with, and how it leaves. Errors have the shape of the Python original, so that its callers read them. */
import type { ServerResponse } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(status: number, value: unknown): Reply {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

/** `kind`: a short fixed word for programs. `detail` is where callers of retrieve look. */
export function refusal(status: number, kind: string, message: string): Reply {
  return json(status, { error: { type: kind, message }, detail: message });
}

/** Fulfilled when it has left, or nobody takes it any more. */
export function send(response: ServerResponse, { status, type, body, headers }: Reply): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const bytes = Buffer.from(body as string);
    response.on('finish', resolve).on('close', resolve);
    response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...always, ...headers });
    response.end(bytes);
  });
}

/** Conversations and figures stand in it: nothing on the way keeps it, and no page makes something else of it. */
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
