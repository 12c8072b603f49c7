/** Gives a reply to the agent as it comes: the same status, headers, chunks and end. It decides nothing and holds nothing back. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reply } from './forwarder.ts';
import { pairs, replyHeaders } from './headers.ts';
import type { Outcome } from './records.ts';

const noBytes = Buffer.alloc(0);

/** Resolves when the last byte is out or either side has gone. `onChunk` sees every chunk and must not throw. */
export async function relay(reply: Reply, response: ServerResponse, onChunk: (chunk: Buffer) => void): Promise<Outcome> {
  try {
    return reply.upgraded ? await joinSockets(reply.message, response, reply.upgraded) : await relayBody(reply, response, onChunk);
  } catch (thrown) {
    // Such as a status that Node cannot write: nobody will read the rest.
    reply.message.destroy();
    throw thrown;
  }
}

function relayBody({ message: reply, isBroken }: Reply, response: ServerResponse, onChunk: (chunk: Buffer) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    let outcome: Outcome = 'aborted';
    // A reply that breaks off must look broken to the agent too; what came is still delivered.
    const breakOff = () => {
      outcome = 'upstream-failed';
      if (response.socket) response.socket.destroySoon();
      else response.destroy();
    };
    response.once('close', () => resolve(response.writableFinished ? 'answered' : outcome));
    response.sendDate = false;
    response.writeHead(reply.statusCode ?? 502, reply.statusMessage, replyHeaders(reply, response.req));
    // The agent sees the head before the first chunk exists. Not by flushHeaders, which spells bytes over 127 anew.
    response.write(noBytes);
    reply.on('data', onChunk);
    reply.once('end', () => {
      if (isBroken()) return breakOff();
      if (reply.rawTrailers.length > 0) response.addTrailers([...pairs(reply.rawTrailers)]);
      response.end();
    });
    reply.once('close', () => {
      if (!reply.complete) breakOff();
    });
    reply.on('error', () => {});
    reply.pipe(response, { end: false });
    if (response.destroyed) resolve('aborted');
  });
}

function joinSockets(reply: IncomingMessage, response: ServerResponse, upgraded: { socket: Duplex; head: Buffer }): Promise<Outcome> {
  return new Promise((resolve) => {
    const { socket: upstream, head } = upgraded;
    const agent = response.socket;
    if (!agent || agent.destroyed) {
      upstream.destroy();
      return resolve('aborted');
    }
    const lines = [...pairs(reply.rawHeaders)].map(([name, value]) => `${name}: ${value}\r\n`);
    agent.write(`HTTP/1.1 ${reply.statusCode} ${reply.statusMessage}\r\n${lines.join('')}\r\n`, 'latin1');
    if (head.length > 0) agent.write(head);
    upstream.on('error', () => {}).on('close', () => agent.destroySoon());
    agent
      .on('error', () => {})
      .on('close', () => {
        upstream.destroy();
        resolve('answered');
      });
    agent.setTimeout(0);
    upstream.pipe(agent).pipe(upstream);
  });
}
