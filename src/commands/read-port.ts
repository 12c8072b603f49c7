/** The port of a `--port`, as several commands take it. */
import { Failure } from '../errors.ts';

/** A `Failure` for what is none. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure('bad-port', `--port: \`${text}\` is no port`, 'A number up to 65535; 0 is any free one.');
}
