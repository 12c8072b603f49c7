/** Which results a line of the ledger lists one by one, and what it says of each: figures and names, no text, no path and no command. */
import { messagesKey } from '../block.ts';
import { type BlockRecord, coldLever } from '../pipeline/decision.ts';
import type { ExchangeRecord } from '../proxy/records.ts';
import type { LedgerBlock } from '../store/ledger.ts';
import { isShrunk } from './totals.ts';

/** A conversation that is resumed sends hundreds at once. */
const mostListed = 32;
const longestTool = 60;
const keyDigits = 16;

/** Results that are sent for the first time, or otherwise than before, in order: the heaviest, and none that was too small to be counted. */
export function listBlocks({ blocks, cold }: ExchangeRecord, isKept: boolean): readonly LedgerBlock[] {
  const isNew = ({ carried, levers }: BlockRecord) => !carried || (cold !== undefined && coldLever in levers);
  const counted = blocks.filter((block) => block.tokensBefore > 0 && isNew(block));
  const heaviest = [...counted].sort((one, other) => other.tokensBefore - one.tokensBefore).slice(0, mostListed);
  const listed = heaviest.length < counted.length ? counted.filter((block) => heaviest.includes(block)) : counted;
  return listed.map((block) => describe(block, isKept));
}

function describe(block: BlockRecord, isKept: boolean): LedgerBlock {
  const { tool, kind, form = null, tokensBefore: before, tokensAfter: after, levers, original } = block;
  const same = { tool: tool?.slice(0, longestTool) ?? null, kind };
  if (!isShrunk(block)) return { ...same, form: null, reason: withoutDetail(block.reason), before, after };
  // Of what was only observed nothing is kept.
  const kept = isKept ? { ...(original === undefined ? {} : { original }), key: messagesKey(block.key).slice(0, keyDigits) } : {};
  const again = block.carried ? { again: true as const } : {};
  return { ...same, form, ...again, before, after, levers, ...kept };
}

/** `compressor threw: MESSAGE`: a message may quote what it could not read. */
export function withoutDetail(reason: string): string {
  return (reason.split(':', 1)[0] ?? '').slice(0, 60);
}
