/**
 * The scope of a conversation: what stands before its messages in the provider's cache. Only what is certain to be part of the cache's key
 * counts: where anything else changes, the same bytes must go out.
 */
import { chain, scopeLength } from '../block.ts';
import type { JsonTape } from '../text/json-tape.ts';
import { ChainWriter, marks } from './chain-writer.ts';
import { writeKey, writeText, writeUnmarked } from './wire-chain.ts';

export interface ScopeRules {
  /** Members at the top that are part of what the provider caches, the model first of all. */
  readonly members: readonly string[];
  /** Those of them that hold blocks, which may carry markers; a lone text in them is spelled either way. */
  readonly blockLists: readonly string[];
  /** An element of a block list that the provider takes out before it caches. */
  readonly isApart?: (tape: JsonTape, element: number) => boolean;
}

/** How many digits of a scope tell of the model and what follows it in the cache; the rest is the upstream and whether repeats are allowed. */
const coreLength = 12;

/** What a scope has beside what the rules name. */
export interface ScopePlace {
  readonly upstream: string;
  readonly allowsRepeats: boolean;
  /** The objects whose members the rules are about. */
  readonly around: readonly number[];
}

export function scopeOf(tape: JsonTape, rules: ScopeRules, { upstream, allowsRepeats, around }: ScopePlace): string | undefined {
  const found = around.map((object) => tape.find(object, rules.members));
  const writer = new ChainWriter(tape.bytes, '', '');
  for (const members of found) {
    if (!members) return undefined;
    // In one order: how a client orders its members is no matter of the cache's.
    for (const member of members) if (member >= 0) writeMember(writer, tape, member, rules);
  }
  const own = chain('', upstream).slice(0, scopeLength - coreLength - 1);
  return `${writer.next().slice(0, coreLength)}${own}${allowsRepeats ? 1 : 0}`;
}

/** The scope of a conversation of which nothing but the model is known. */
export function scopeOfModel(model: string): string {
  return `${chain('', model).slice(0, coreLength)}${'0'.repeat(scopeLength - coreLength - 1)}1`;
}

/** Whether the model, the system prompt or the tools are others, and the rest of the scope is the same. */
export function isOtherCore(one: string, other: string): boolean {
  return one.slice(0, coreLength) !== other.slice(0, coreLength) && one.slice(coreLength) === other.slice(coreLength);
}

function writeMember(chain: ChainWriter, tape: JsonTape, member: number, { blockLists, isApart }: ScopeRules): void {
  writeKey(chain, tape, member);
  if (tape.keyIn(member, blockLists) < 0) chain.copy(tape.start(member), tape.end(member));
  else if (tape.kind(member) === 'string' || tape.kind(member) === 'array') {
    chain.mark(marks.array);
    if (tape.kind(member) === 'string') writeText(chain, tape, member);
    else for (const element of tape.children(member)) if (!isApart?.(tape, element)) writeUnmarked(chain, tape, element);
    chain.mark(marks.end);
  } else writeUnmarked(chain, tape, member);
}
