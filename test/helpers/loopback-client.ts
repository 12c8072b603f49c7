/** A client on loopback that shows all of a reply: its raw headers, its chunks as they come, its trailers and how it ended. */
import { type Agent, type ClientRequest, type IncomingMessage, request as startRequest } from 'node:http';
import { connect } from 'node:net';

export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | readonly (string | Buffer)[];
  readonly agent?: Agent;
}

export interface Answered {
  readonly status: number;
  readonly reply: IncomingMessage;
  readonly body: Buffer;
}

/** The whole reply; rejects where it breaks off. */
export async function send(url: string, sending: Sending = {}): Promise<Answered> {
  const reply = await open(url, sending).reply;
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  return { status: reply.statusCode ?? 0, reply, body: Buffer.concat(chunks) };
}

/** Posts JSON to the path that the Messages protocol serves. */
export function post(address: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  return send(`${address}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

export interface Opened {
  readonly request: ClientRequest;
  /** As soon as the head is there. */
  readonly reply: Promise<IncomingMessage>;
}

export function open(url: string, { method = 'GET', headers = {}, body, agent }: Sending = {}): Opened {
  const request = startRequest(url, {
    method,
    headers: headers as Record<string, string | string[]>,
    ...(agent ? { agent } : { agent: false }),
  });
  const reply = new Promise<IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject));
  reply.catch(() => {});
  if (Array.isArray(body)) {
    for (const part of body as readonly (string | Buffer)[]) request.write(part);
    request.end();
  } else request.end(body as string | Buffer | undefined);
  return { request, reply };
}

/** The chunks of a reply one by one; undefined at its end. */
export function chunksOf(reply: IncomingMessage): () => Promise<Buffer | undefined> {
  const chunks = reply[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return async () => {
    const { value, done } = await chunks.next();
    return done ? undefined : value;
  };
}

/** Sends these bytes and gives back all that comes until the other side closes. */
export function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
    socket.on('error', reject).on('close', () => resolve(got));
  });
}
