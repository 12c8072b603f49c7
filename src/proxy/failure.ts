/** Our own failures, in the shape of the API that was asked: 502 and a plain sentence that says who did not answer, and why. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';
import type { Protocol } from '../protocols/protocol.ts';

/** Answers where nothing has been answered yet, and returns the status the agent saw; else breaks the reply off. */
export function answerFailure(
  request: IncomingMessage,
  response: ServerResponse,
  protocol: Protocol | undefined,
  upstream: string,
  thrown: unknown,
): number {
  if (response.headersSent) {
    response.destroy();
    return response.statusCode;
  }
  const message = `Headroom got no reply from ${upstream}: ${explain(thrown)}.`;
  const body = Buffer.from(protocol ? protocol.errorBody(502, message) : JSON.stringify({ error: { message } }));
  response.sendDate = true;
  response.writeHead(502, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
  // Whatever is still coming of the request has nowhere to go.
  request.resume();
  return 502;
}

const plain: Readonly<Record<string, string | undefined>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed without a reply',
  ENOTFOUND: 'its name is not known to the DNS',
  EAI_AGAIN: 'the DNS does not answer',
  ETIMEDOUT: 'it cannot be reached in time',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'the network is down',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority (NODE_EXTRA_CA_CERTS can name it)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself (NODE_EXTRA_CA_CERTS can name it)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority (NODE_EXTRA_CA_CERTS can name it)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority (NODE_EXTRA_CA_CERTS can name it)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

function explain(thrown: unknown): string {
  const { code, errors } = thrown as { code?: unknown; errors?: unknown };
  const known = typeof code === 'string' ? plain[code] : undefined;
  if (known) return `${known} (${code})`;
  // A name with several addresses fails with one error per address and no message.
  const message = messageOf(thrown) || (Array.isArray(errors) ? messageOf(errors[0]) : '') || String(code ?? 'unknown reason');
  return message.replace(/\.$/, '');
}
