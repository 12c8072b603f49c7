/** Upstreams close the connections that they keep when they like: the next request must go by another one. */
import { createDice } from '../../test/helpers/dice.ts';
import { attempt } from './attempt.ts';
import { afterBody, json, plainHead } from './fault.ts';
import { type PartOptions, pause } from './part.ts';
import type { TurnPlace } from './turn.ts';

export async function hangUp({ upstream, address }: TurnPlace, { checks, seed, isQuick }: PartOptions): Promise<void> {
  const dice = createDice(seed);
  const count = isQuick ? 100 : 1000;
  const failed: number[] = [];
  for (let at = 0; at < count; at++) {
    const id = `idle-${at}`;
    const delay = dice(4);
    upstream.play(
      id,
      afterBody(async ({ write, end, reset }) => {
        write(plainHead(json.length) + json);
        await pause(delay);
        if (dice(2) === 0) end();
        else reset();
      }),
    );
    const view = await attempt(id, `${address}/v1/messages`, Buffer.from('{}')).view;
    if (view.status !== 200) failed.push(at);
    upstream.take(id);
    await pause(delay + dice(2));
  }
  checks.check(
    `upstream hung up ${count} times on a connection it had kept, about when the next request came: ${failed.length} of them failed`,
    failed.length <= count / 20,
  );
}
