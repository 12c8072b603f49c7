/**
 * Who may use a proxy that has no secret in its path: every program of this machine and no page in a browser, or whoever shows the token.
 * It takes the token out of the request, so that it never goes upstream. It answers nothing itself.
 */
import type { IncomingMessage } from 'node:http';
import { type Admission, isSame, withoutFirstSegment } from './admission.ts';

export const tokenHeader = 'x-headroom-token';

/** `token`: undefined where none is asked for; then only loopback names are answered. */
export function admitVisitor(request: IncomingMessage, token: string | undefined): Admission {
  const url = request.url ?? '';
  const shown = request.headers[tokenHeader];
  takeHeader(request, tokenHeader);
  if (!url.startsWith('/')) return { isAdmitted: false, target: url };
  if (token === undefined) return { isAdmitted: isOfThisMachine(request) && !isFromPage(request), target: url };
  if (typeof shown === 'string' && isSame(shown, token)) return { isAdmitted: true, target: url };
  // A client that has a key of its own for the proxy alone sends it as any other key.
  const [, bearer = ''] = /^(?:Bearer\s+)?(\S+)\s*$/i.exec(request.headers.authorization ?? '') ?? [];
  if (bearer !== '' && isSame(bearer, token)) {
    takeHeader(request, 'authorization');
    return { isAdmitted: true, target: url };
  }
  const { segment, target } = withoutFirstSegment(url);
  return isSame(segment, token) ? { isAdmitted: true, target } : { isAdmitted: false, target: url };
}

/** For what has a secret of its own first in the path, by whatever name it is reached. */
export function admitBySegment(request: IncomingMessage, secret: string): Admission {
  const url = request.url ?? '';
  const { segment, target } = withoutFirstSegment(url);
  const isAdmitted = url.startsWith('/') && isSame(segment, secret);
  return { isAdmitted, target: isAdmitted ? target : url };
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** A name that an attacker's DNS points at 127.0.0.1 is not ours. The port may be another where something on this machine passes it on. */
function isOfThisMachine(request: IncomingMessage): boolean {
  const hosts = request.headersDistinct.host ?? [];
  return hosts.length === 1 && hosts.every((host) => isLoopback(host.replace(/:\d{1,5}$/, '')));
}

/** Programs send neither of these; browsers send one of them with all that a page asks of another site. */
function isFromPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}

function takeHeader(request: IncomingMessage, name: string): void {
  // Both are made of the raw ones when first asked for, and would miss what is gone.
  delete request.headers[name];
  delete request.headersDistinct[name];
  const { rawHeaders } = request;
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) if (rawHeaders[at]!.toLowerCase() === name) rawHeaders.splice(at, 2);
}
