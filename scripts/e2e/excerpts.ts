/** An excerpt as the agent meets it: a long log is cut, its note names a file, and the agent opens that file unasked and gets all of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';
import type { Script } from '../../src/demo/upstream-script.ts';
import type { Checks } from './checks.ts';
import type { Visit } from './claude-visit.ts';
import { turnsOf } from './wire.ts';
import type { Workplace } from './workplace.ts';

export interface ExcerptVisits {
  readonly workplace: Workplace;
  /** A wrapped visit that leaves home and project as they are. */
  readonly visit: (script: Script) => Promise<Visit>;
  /** Every tool result of a request, as text. */
  readonly resultsOf: (request: UpstreamRequest) => readonly string[];
}

const closing = /\[… \d+ lines not shown, full text: (.+)\]/;
/** One that is like its neighbours: an excerpt does not show it. */
const hidden = 'GET /api/orders/150 answered 200';
const failure = 'ERROR web: order 7 could not be saved';

export async function checkExcerpts(checks: Checks, { workplace, visit, resultsOf }: ExcerptVisits): Promise<void> {
  console.log(' an excerpt of a long log, and its original opened by the agent');
  workplace.reset();
  writeFileSync(join(workplace.project, 'server.log'), serverLog());
  const show = { calls: [{ shell: 'cat server.log', description: 'Show the log' }] };
  const first = await visit({ steps: [show, { text: 'Seen.' }] });
  const [log = ''] = turnsOf(first.requests).slice(-1).flatMap(resultsOf);
  const path = closing.exec(log)?.[1] ?? '';
  checks.check('the model sees an excerpt', path !== '' && !log.includes(hidden), log.slice(0, 600));
  checks.check('with every error in it', log.includes(failure));
  checks.check('its original is on disk, whole', existsSync(path) && readFileSync(path, 'utf8').includes(serverLog().trimEnd()), path);

  const lines = { shell: `sed -n 100,290p ${path}`, description: 'Show what was left out' };
  const second = await visit({ steps: [show, { calls: [{ read: path }, lines] }, { text: 'Now I know.' }] });
  const turns = turnsOf(second.requests);
  const results = turns.slice(-1).flatMap(resultsOf);
  checks.equal('a second run sends the same excerpt', setAside(results[0] ?? ''), setAside(log));
  checks.check(
    'the original comes back whole',
    results.length === 3 && results.slice(1).every((text) => text.includes(hidden)),
    results[1],
  );
  const rest = results.slice(1).join('\n');
  checks.check(
    'and nothing of it is shrunk again',
    !rest.includes('not shown, full text') && !rest.includes(' as above: '),
    rest.slice(0, 600),
  );
}

/** Without what an agent puts around an output, which differs from run to run and makes another original of it. */
function setAside(text: string): string {
  return text.slice(text.indexOf('2026-')).replace(closing, '');
}

function serverLog(): string {
  const lines = Array.from({ length: 300 }, (_, at) => {
    const time = new Date(Date.UTC(2026, 0, 5, 10, 0, at)).toISOString();
    return at === 120 ? `${time} ${failure}` : `${time} INFO web: GET /api/orders/${at} answered 200 in ${(at * 37) % 90} ms`;
  });
  return `${lines.join('\n')}\n`;
}
