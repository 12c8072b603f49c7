/** The adapters for the SDKs of Anthropic and OpenAI on a real connection: streams, retries, aborts and helpers stay what they are. */
import { describe, expect, test } from 'vitest';
import { withHeadroom as withAnthropic } from '../src/adapters/anthropic.ts';
import { withHeadroom as withOpenAI } from '../src/adapters/openai.ts';
import type { AdapterOptions } from '../src/adapters/options.ts';
import { answer, ask } from './helpers/big-result.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { type Answer, startUpstream } from './helpers/loopback-upstream.ts';
import { ownFolder } from './helpers/own-folder.ts';
import { answerSdk, eventsOf, type SdkClient, sdkCases } from './helpers/sdk-cases.ts';

const folder = ownFolder();

const closing = closesAfterEach();
const open = (reply: Answer = answerSdk) => closing(startUpstream(reply));
const talk = [{ role: 'user', content: 'what is wrong?' }, ask('a'), answer('a')];

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe.each(sdkCases)('$name', ({ format, spell, open: openClient, send, stream }) => {
  const wrap = (format === 'anthropic' ? withAnthropic : withOpenAI) as unknown as (
    client: SdkClient,
    options?: AdapterOptions,
  ) => SdkClient;

  test('gives the events of a stream as the client without us does, each when it comes', async () => {
    let sendNext = () => {};
    const upstream = await open(({ url, response }) => {
      const [...events] = eventsOf(url);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      sendNext = () => {
        if (response.writableEnded) return;
        response.write(events.shift() ?? '');
        // Some end with a mark that is no event.
        if (events.length < 2) response.end(events.pop());
      };
      sendNext();
    });
    const expected = await all(await stream(openClient((await open()).url), spell(talk)));
    const events: unknown[] = [];
    const iterator = (await stream(wrap(openClient(upstream.url), { folder }), spell(talk)))[Symbol.asyncIterator]();
    // The next one is sent when this one has been given.
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      events.push(step.value);
      sendNext();
    }
    expect(events).toEqual(expected);
    expect(events.length).toBeGreaterThan(2);
    expect(upstream.requests[0]!.body.toString()).toContain('not shown');
  });

  test('tries again with the same bytes, as often as it would', async () => {
    let asked = 0;
    const upstream = await open((seen) => {
      if (++asked === 3) answerSdk(seen);
      else seen.response.writeHead(529, { 'content-type': 'application/json', 'retry-after-ms': '1' }).end('{"error":{"message":"busy"}}');
    });
    await send(wrap(openClient(upstream.url, { maxRetries: 2 }), { folder }), spell(talk));
    expect(upstream.requests).toHaveLength(3);
    expect(new Set(upstream.requests.map(({ body }) => body.toString())).size).toBe(1);
    expect(upstream.requests.map(({ request }) => request.headers['x-stainless-retry-count'])).toEqual(['0', '1', '2']);
    expect(upstream.requests[0]!.body.toString()).toContain('not shown');
  });

  test('ends at upstream when it is aborted, and says so as ever', async () => {
    const upstream = await open(() => {});
    const controller = new AbortController();
    const sending = send(wrap(openClient(upstream.url), { folder }), spell(talk), { signal: controller.signal });
    const outcome = sending.catch((thrown: Error) => thrown.constructor.name);
    const seen = await upstream.seen(0);
    controller.abort();
    expect(await outcome).toBe('APIUserAbortError');
    await seen.closed;
    const before = new AbortController();
    before.abort();
    const never = send(wrap(openClient(upstream.url), { folder }), spell(talk), { signal: before.signal });
    expect(await never.catch((thrown: Error) => thrown.constructor.name)).toBe('APIUserAbortError');
    expect(upstream.requests).toHaveLength(1);
  });

  test('says that nobody answers, as ever', async () => {
    const upstream = await open();
    await upstream.close();
    const [bare, wrapped] = await Promise.all(
      [openClient(upstream.url), wrap(openClient(upstream.url), { folder })].map((client) =>
        send(client, spell(talk)).catch((thrown: Error) => [thrown.constructor.name, thrown.message]),
      ),
    );
    expect(wrapped).toEqual(bare);
    expect(wrapped).toEqual(['APIConnectionError', 'Connection error.']);
  });
});
