/**
 * What a budget does: the less room is left where a result first stands, the smaller it may be and still become an excerpt. It goes by what
 * stands before the result alone, so that a longer conversation extends the shorter one; what was handed out is not made smaller later.
 */
import type { Block } from '../block.ts';
import { leastForExcerpt } from '../pipeline/accept.ts';
import { leastTokens } from '../pipeline/choose.ts';
import type { RewriteOptions } from '../pipeline/pipeline.ts';

/** One result may take this much of the room that is left before it is shown in part. */
const mostShare = 1 / 4;

/** To be asked block by block, in order. `tokensOf`: o200k tokens of a block as it came. */
export function shareRoom(blocks: readonly Block[], budget: number, tokensOf: (block: Block) => number): RewriteOptions['leastForExcerpt'] {
  let counted = 0;
  let taken = 0;
  return (at, decisions) => {
    for (; counted < at; counted++) {
      const decision = decisions[counted];
      taken += tokensOf(blocks[counted]!) - (decision ? decision.tokensBefore - decision.tokensAfter : 0);
    }
    return Math.min(leastForExcerpt, Math.max(leastTokens, (budget - taken) * mostShare));
  };
}
