/** What is wrong with a Redis, in a few words that hold nothing of its address. */
import { messageOf } from '../../errors.ts';

/** Told in our words. */
export class Trouble extends Error {}

export const silent = 'it does not answer';
export const gone = 'the connection was lost';
/** What follows from a connection that was closed, and does not say why. */
export const isClosing = /^(?:Connection is closed|Stream isn't writeable|Reached the max retries|Command aborted)/;
const words: readonly (readonly [RegExp, string])[] = [
  [/^(?:READONLY|-READONLY)/, 'it is a replica that takes nothing: name the primary'],
  [/^OOM/, 'its memory is full: raise its maxmemory'],
  [/^MISCONF/, 'it cannot write to its disk'],
  [/^NOREPLICAS/, 'it has too few replicas to take anything'],
  [/^(?:WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/i, 'it does not take the password in the address'],
  [/NOPERM|ACL failure|can't run this command/, 'its user may not run all that is needed on headroom:*'],
  [/^LOADING/, 'it is still loading'],
  [/^ERR DB index/i, 'it has no database of that number'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, 'nobody knows its name'],
  [/ETIMEDOUT|timed out|EHOSTUNREACH|ENETUNREACH/i, silent],
  [/ECONNRESET|EPIPE|socket hang up/, gone],
  [isClosing, gone],
  [
    /alert (?:certificate required|bad certificate|unknown ca)/,
    'it asks us for a certificate, and we have none: its tls-auth-clients has to be no',
  ],
  [/ALTNAME/, 'its certificate is for another name'],
  [/CERT_(?:HAS_EXPIRED|NOT_YET_VALID)/, 'its certificate is out of date'],
  [/SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/, 'it is not known who signed its certificate: NODE_EXTRA_CA_CERTS names a file of authorities'],
  [/certificate|TLS|SSL/i, 'TLS with it fails'],
];

/** It answers, and takes nothing new. */
export function isRefusal(thrown: unknown): boolean {
  return /^(?:-?READONLY|OOM|MISCONF|NOREPLICAS)/.test(refusalIn(thrown));
}

/** Of a transaction that was given up, the command that it was given up for tells more. */
function refusalIn(thrown: unknown): string {
  const { previousErrors: [first] = [] } = thrown as { previousErrors?: readonly Error[] };
  return messageOf(first ?? thrown);
}

/** Ours, or one of the words above; what else stands in an error may be anything. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof Trouble) return thrown.message;
  const { code = '' } = thrown as NodeJS.ErrnoException;
  return words.find(([pattern]) => pattern.test(refusalIn(thrown)) || pattern.test(code))?.[1] ?? 'it does not do as it is asked';
}
