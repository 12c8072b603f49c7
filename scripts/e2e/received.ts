/** What the agent sent, as the proxy of a launch received it, against what reached upstream. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { programPath } from '../../test/helpers/launcher-bundle.ts';
import { withoutToolTexts } from './any-wire.ts';
import type { Checks } from './checks.ts';
import type { Workplace } from './workplace.ts';

export interface Received {
  readonly body: Buffer;
}

/** Words for Node with which the next launch writes down what its proxy receives. */
export function recordingWords(workplace: Workplace): readonly string[] {
  rmSync(fileOf(workplace), { force: true });
  return ['--import', `${pathToFileURL(programPath('record-requests.mjs'))}?to=${encodeURIComponent(fileOf(workplace))}`];
}

/** What the last launch received. */
export function readReceived(workplace: Workplace): readonly Received[] {
  const text = existsSync(fileOf(workplace)) ? readFileSync(fileOf(workplace), 'utf8') : '';
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    const { body } = JSON.parse(line) as { readonly body: string };
    return { body: Buffer.from(body, 'base64') };
  });
}

/** Each body that reached upstream is one that was received, byte for byte, but for what `without` leaves out; and none is missing. */
export function checkSpliced(
  checks: Checks,
  { received, requests }: { readonly received: readonly Received[]; readonly requests: readonly Received[] },
  without: (sent: Received) => string = withoutToolTexts,
): void {
  const isSomething = ({ body }: Received) => body.length > 0;
  const waiting = received.filter(isSomething).map(without);
  const strange = requests.filter(isSomething).map(without);
  const count = waiting.length;
  for (let at = strange.length - 1; at >= 0; at--) {
    const found = waiting.indexOf(strange[at]!);
    if (found >= 0) {
      waiting.splice(found, 1);
      strange.splice(at, 1);
    }
  }
  const title = 'nothing but tool results differs from what the agent sent, byte for byte';
  const [found = '', expected = ''] = [strange[0], waiting[0]];
  if (found || expected) checks.equal(title, found, expected);
  else checks.check(title, count > 0, 'nothing was received');
  checks.note(`${count} bodies compared with what the agent sent`);
}

function fileOf({ temporary }: Workplace): string {
  return join(temporary, '..', 'received.jsonl');
}
