/** Asks Anthropic's `count_tokens`: what a text is in the provider's own tokens. It is not billed. The text leaves this machine. */
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure, messageOf } from '../errors.ts';
import { createConnections } from '../proxy/connections.ts';
import type { Upstream } from '../proxy/records.ts';
import { readAddress } from '../proxy/upstream-address.ts';

export interface TokenService {
  /** Who is asked, for people: no secret. */
  readonly description: string;
  /** Tokens of a text that stands alone in a message. Rejects with a `Failure`. */
  count(text: string): Promise<number>;
  close(): void;
}

export interface TokenServiceOptions {
  readonly upstream: Upstream;
  readonly key: string;
  readonly model: string;
  /** Milliseconds, for replies that say `retry-after` in seconds and for those that say nothing. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

const mostTries = 4;
const patience = 60_000;

export function openTokenService({ upstream, key, model, pause = wait }: TokenServiceOptions): TokenService {
  const address = readAddress(upstream);
  const connections = createConnections(upstream, address);
  const { base, description } = address;
  const path = `${base.pathname.replace(/\/+$/, '')}/v1/messages/count_tokens`;
  const ask = (text: string) =>
    post(base, path, JSON.stringify({ model, messages: [{ role: 'user', content: text }] }), {
      ...{ agent: connections.agent, ...connections.options() },
      headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    }).catch((thrown: unknown) => {
      throw new Failure('unreachable', `${description} cannot be reached: ${messageOf(thrown)}`, 'Estimates need nobody: headroom perf');
    });

  const countWhole = async (text: string): Promise<number> => {
    for (let attempt = 1; ; attempt++) {
      const { status, body, retryAfter } = await ask(text);
      const tokens = (parse(body) as { input_tokens?: unknown } | undefined)?.input_tokens;
      if (status === 200 && typeof tokens === 'number') return tokens;
      const isBusy = status === 429 || status >= 500;
      if (!isBusy || attempt === mostTries) throw refusal(status, body, description, model);
      await pause(Math.min(patience, retryAfter === undefined ? 1000 * 2 ** attempt : retryAfter * 1000));
    }
  };
  // A message weighs something of itself.
  let frame: Promise<number> | undefined;
  return {
    description: `${base.origin}${description === base.host ? '' : description.slice(base.host.length)}`,
    count: async (text) => {
      frame ??= countWhole('.').then((tokens) => tokens - 1);
      const own = await frame;
      return (await countWhole(text)) - own;
    },
    close: () => connections.agent.destroy(),
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Seconds. */
  readonly retryAfter: number | undefined;
}

function post(base: URL, path: string, body: string, options: Parameters<typeof requestSecure>[1]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const start = base.protocol === 'https:' ? requestSecure : requestPlain;
    const outgoing = start(new URL(path, base), { ...options, method: 'POST', timeout: patience }, (reply) => {
      const parts: Buffer[] = [];
      reply.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
      reply.on('end', () => {
        const seconds = Number(reply.headers['retry-after']);
        resolve({
          status: reply.statusCode ?? 0,
          body: Buffer.concat(parts).toString(),
          retryAfter: Number.isFinite(seconds) ? seconds : undefined,
        });
      });
    });
    outgoing.on('error', reject).on('timeout', () => outgoing.destroy(new Error('no answer for a minute')));
    outgoing.end(body);
  });
}

function refusal(status: number, body: string, who: string, model: string): Failure {
  const message = (parse(body) as { error?: { message?: unknown } } | undefined)?.error?.message;
  const said = `${who} answered ${status}${typeof message === 'string' ? `: ${message.slice(0, 200)}` : ''}`;
  if (status === 401 || status === 403) return new Failure('bad-key', said, 'Is ANTHROPIC_API_KEY a key of this provider?');
  if (status === 404) return new Failure('unknown-model', said, `Is ${model} a model there? Another: --model NAME`);
  return new Failure('no-count', said, 'Estimates need nobody: headroom perf');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
