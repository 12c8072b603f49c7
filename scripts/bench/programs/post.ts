/** Posts bodies over one kept connection and tells when what came back. */

import { readFileSync } from 'node:fs';
import { Agent, request as startRequest } from 'node:http';

interface Posted {
  /** Milliseconds from the first byte sent to the first and to the last byte of the reply's body. */
  readonly first: number;
  readonly last: number;
}

export type Post = (body: Buffer, query?: string, onChunk?: (chunk: Buffer, arrived: bigint) => void) => Promise<Posted>;

/** `base` is where the agent would send its requests. */
export function createPost(base: string): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  return (body, query = '', onChunk) =>
    new Promise((resolve, reject) => {
      const began = process.hrtime.bigint();
      const since = () => Number(process.hrtime.bigint() - began) / 1e6;
      let first = 0;
      const request = startRequest(`${base}/v1/messages${query}`, {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': body.length, 'x-api-key': 'bench' },
      });
      request.on('error', reject).on('response', (reply) => {
        reply.on('data', (chunk: Buffer) => {
          first ||= since();
          onChunk?.(chunk, process.hrtime.bigint());
        });
        reply.on('end', () => {
          if (reply.statusCode === 200) resolve({ first, last: since() });
          else reject(new Error(`status ${reply.statusCode}`));
        });
        reply.on('error', reject);
      });
      request.end(body);
    });
}

/** The base URL that this process was given as an agent: in its settings file, as Claude Code reads it, or bare in its environment. */
export function ownBaseUrl(): string {
  const at = process.argv.indexOf('--settings');
  const file = at < 0 ? undefined : process.argv[at + 1];
  const settings = file ? (JSON.parse(readFileSync(file, 'utf8')) as { env?: { ANTHROPIC_BASE_URL?: string } }) : {};
  const url = settings.env?.ANTHROPIC_BASE_URL ?? process.env.ANTHROPIC_BASE_URL;
  if (!url) throw new Error('no base URL');
  return url;
}
