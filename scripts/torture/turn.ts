/** One request through one fault, without us and with us, and what differs. */
import { createDice } from '../../test/helpers/dice.ts';
import { type Attempt, attempt, type View } from './attempt.ts';
import type { Fault } from './fault.ts';
import type { Arrival, ScriptedUpstream } from './scripted-upstream.ts';

export interface TurnPlace {
  readonly upstream: ScriptedUpstream;
  /** The proxy's, the secret and all. */
  readonly address: string;
}

export interface TurnPlan {
  readonly id: string;
  readonly fault: Fault;
  readonly seed: number;
  readonly path: string;
  readonly body: Buffer;
}

export interface PlayedTurn {
  /** What is not as it should be, in words. */
  readonly wrong: readonly string[];
  /** What upstream got of us. */
  readonly arrivals: readonly Arrival[];
  readonly view: View;
  /** Milliseconds from the agent's leaving to upstream's knowing. */
  readonly cancelledAfter: number | undefined;
}

export async function playTurn(place: TurnPlace, plan: TurnPlan): Promise<PlayedTurn> {
  const ours = await play(place, place.address, plan.id, plan, 0);
  // Where a 400 made two requests of one, the agent sees the second answer.
  const direct = await play(place, place.upstream.url, `${plan.id}-direct`, plan, Math.max(0, ours.arrivals.length - 1));
  return {
    wrong: [...compare(direct.view, ours.view, plan.fault), ...count(ours.arrivals, plan)],
    arrivals: ours.arrivals,
    view: ours.view,
    cancelledAfter: ours.cancelledAfter,
  };
}

async function play({ upstream }: TurnPlace, base: string, id: string, { fault, seed, path, body }: TurnPlan, answered: number) {
  let present: Attempt | undefined;
  let goneAt: Promise<number> | undefined;
  const dice = createDice(seed);
  const way = fault.way?.(dice);
  const script = fault.script(dice, () => present!);
  upstream.play(id, (turn) => {
    goneAt = turn.gone;
    return script({ ...turn, count: turn.count + answered });
  });
  present = attempt(id, base + path, body, way);
  const view = await present.view;
  const { leftAt } = present;
  const knownAt = leftAt === undefined ? undefined : await goneAt;
  return {
    view,
    arrivals: upstream.take(id),
    cancelledAfter: leftAt === undefined || knownAt === undefined ? undefined : knownAt - leftAt,
  };
}

function compare(direct: View, ours: View, { isRace }: Fault): string[] {
  if (ours.ending === 'hung') return ['the agent waited in vain'];
  if (direct.ending === 'hung') return ['the fault itself hangs'];
  if (isRace || isOurs(ours, direct)) return [];
  const wrong: string[] = [];
  const same = (what: string, one: unknown, other: unknown) => {
    if (JSON.stringify(one) !== JSON.stringify(other))
      wrong.push(`${what} ${JSON.stringify(other)} instead of ${JSON.stringify(one)}`.slice(0, 600));
  };
  same('ending', direct.ending, ours.ending);
  same('status', [direct.status, direct.message], [ours.status, ours.message]);
  same('headers', direct.headers, ours.headers);
  same('trailers', direct.trailers, ours.trailers);
  if (!direct.body.equals(ours.body))
    wrong.push(`a body of ${ours.body.length} bytes instead of ${direct.body.length}: ${ours.body.toString('latin1', 0, 200)}`);
  return wrong;
}

/** Where no reply would have come, our 502 stands, in plain words. */
function isOurs(ours: View, direct: View): boolean {
  return direct.ending === 'none' && ours.status === 502 && /Headroom got no reply from 127\.0\.0\.1/.test(ours.body.toString());
}

/** Once; twice only where a body that we changed was refused with 400. */
function count(arrivals: readonly Arrival[], { fault, body, path }: TurnPlan): string[] {
  const method = fault.way?.(createDice(0)).method ?? 'POST';
  const [first, second] = arrivals;
  if (arrivals.length === 0) return fault.mayNotArrive ? [] : ['nothing reached upstream'];
  if (method === 'POST' && path === '/v1/other' && first?.body && !first.body.equals(body)) return ['a body that nobody knows was changed'];
  if (arrivals.length === 1) return [];
  const wasRefused = /^400|^400,/.test(fault.name) && arrivals.length === 2;
  return wasRefused && first?.body && second?.body && !first.body.equals(second.body)
    ? []
    : [`${arrivals.length} requests reached upstream`];
}
