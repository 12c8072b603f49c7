/**
 * A client of Anthropic's or OpenAI's SDK whose requests are made smaller on their way out. Both ask a method of their own to prepare the
 * options of a request before its body is spelled, signed and timed: what they promise, stream, retry and throw stays theirs.
 */
import type { Format } from '../library/headroom.ts';
import { isRecord } from '../protocols/message-format.ts';
import { readRequest } from '../protocols/parsed-request.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { AdapterOptions } from './options.ts';
import { createShrink, type Shrink } from './shrink-messages.ts';

/** An API that a client speaks, and how its messages are spelled. */
export interface Spoken {
  readonly protocol: Protocol;
  readonly format: Format;
}

/** What the SDKs call the final options of a request, as far as it matters here. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  body?: unknown;
}

interface SdkClient {
  prepareOptions(request: SdkRequest): Promise<void>;
  withOptions(options: Readonly<Record<string, unknown>>): SdkClient;
}

/** Another client with the settings of this one, which stays as it is. Throws a `TypeError` for what is no such client. */
export function shrinkRequests<Client>(client: Client, apis: readonly Spoken[], options: AdapterOptions | undefined): Client {
  const shrink = createShrink(options);
  if (!isClient(client)) throw new TypeError('withHeadroom: this is no client of the SDK, or one of a version that is too old');
  return attach(copy(client, client.withOptions), apis, shrink) as SdkClient & Client;
}

function isClient(client: unknown): client is SdkClient {
  const { prepareOptions, withOptions } = (client ?? {}) as Partial<SdkClient>;
  return typeof prepareOptions === 'function' && typeof withOptions === 'function';
}

/** A client for Azure forgets two of its settings when it is asked for another. */
function copy(client: SdkClient, withOptions: SdkClient['withOptions'], options: Readonly<Record<string, unknown>> = {}): SdkClient {
  const { apiVersion, deploymentName: deployment } = client as SdkClient & {
    readonly apiVersion?: unknown;
    readonly deploymentName?: unknown;
  };
  return withOptions.call(client, { ...(typeof apiVersion === 'string' ? { apiVersion, deployment } : {}), ...options });
}

/** A client that this one makes is one of the same kind. */
function attach(client: SdkClient, apis: readonly Spoken[], shrink: Shrink): SdkClient {
  const { prepareOptions, withOptions } = client;
  /** A request that is tried again comes with the body that it had. */
  const done = new WeakSet<object>();
  const prepare = async (request: SdkRequest): Promise<void> => {
    await prepareOptions.call(client, request);
    const { method, path, body } = request;
    if (method.toUpperCase() !== 'POST' || !isRecord(body) || done.has(body)) return;
    const smaller = await shrinkBody(path, body, apis, shrink);
    // The body itself may be the caller's own object, which comes again with more in it.
    if (smaller === body) return;
    done.add(smaller);
    request.body = smaller;
  };
  return Object.defineProperties(client, {
    prepareOptions: { value: prepare },
    withOptions: { value: (options: Readonly<Record<string, unknown>>) => attach(copy(client, withOptions, options), apis, shrink) },
  });
}

async function shrinkBody(path: string, body: Record<string, unknown>, apis: readonly Spoken[], shrink: Shrink): Promise<object> {
  const [place = ''] = path.split('?');
  const api = apis.find(({ protocol }) => protocol.serves('POST', place) !== undefined);
  const read = api && readRequest(body);
  if (!read) return body;
  const { list, messages, model, keepsResults: repeats } = read;
  const smaller = await shrink(messages, { model, format: api.format, repeats });
  return smaller === messages ? body : { ...body, [list]: smaller };
}
