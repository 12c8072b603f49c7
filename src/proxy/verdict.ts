/** What upstream's verdict on a body means for its blocks (law 6). It sends nothing, and what goes wrong in it costs no reply. */
import { messagesKey } from '../block.ts';
import type { PrepareParts } from './prepare.ts';
import { retreat, type Shrunk } from './shrink.ts';

const upstreamSaid400 = 'upstream said 400';

/** After a 400: the body without what no reply has accepted; undefined where that changes nothing. What is taken back stays so, and is told first. */
export async function takeBack(shrunk: Shrunk, { pipeline, onSkip, histories }: PrepareParts): Promise<Shrunk | undefined> {
  if (shrunk.replaced.length === 0) return undefined;
  try {
    const decider = await pipeline();
    const retreated = retreat(shrunk, decider.isAccepted, upstreamSaid400);
    if (!retreated) return undefined;
    decider.skip(retreated.reverted, upstreamSaid400);
    onSkip(retreated.reverted.map((key) => ({ key, reason: upstreamSaid400 })));
    if (shrunk.about) await histories?.note(shrunk.about, { takenBack: retreated.reverted.map(messagesKey) });
    return retreated.shrunk;
  } catch {
    return undefined;
  }
}

/** After a reply to a turn: where it is a good one, its blocks are accepted as they were sent. */
export async function accept(shrunk: Shrunk, status: number, { pipeline, settings }: PrepareParts): Promise<void> {
  if (status < 200 || status > 299 || shrunk.blocks.length === 0 || settings.mode !== 'shrink') return;
  try {
    (await pipeline()).accept(shrunk.blocks.map(({ key }) => key));
  } catch {}
}
