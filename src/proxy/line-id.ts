/** What tells a line of the decision store from all others: chance for each process, and a number. */
import { randomBytes } from 'node:crypto';

export function newLineId(): string {
  serial++;
  return own + serial.toString(36);
}

const own = randomBytes(6).toString('hex');
let serial = 0;
