/** Which lines of a result the agent's own calls wrote out later, one after the other as they stand: what a call says is never taken back. */
import type { Block } from '../../block.ts';
import { textsIn } from './texts-in.ts';

/** Lines of a run that is worth a note. */
const leastRun = 4;
const lineNumber = /^ *\d+(?:\t|→)/;

export class WrittenOut {
  /** Two lines that follow each other, and the last call that says them. */
  private readonly pairs = new Map<string, number>();

  constructor(blocks: readonly Block[]) {
    for (const [at, { source, call }] of blocks.entries())
      if (source === 'call') for (const text of textsIn(call?.input)) this.add(text, at);
  }

  private add(text: string, at: number): void {
    const lines = text.split('\n');
    for (let n = 0; n + 1 < lines.length; n++) this.pairs.set(pair(lines[n]!, lines[n + 1]!), at);
  }

  /** For each line of the result at this place, whether a later call says it, and its neighbours. */
  linesAfter(at: number, text: string): boolean[] {
    const lines = text.split('\n').map((line) => line.replace(lineNumber, ''));
    const isSaid = lines.map(() => false);
    for (let from = 0, until = 1; until <= lines.length; until++) {
      if (until < lines.length && (this.pairs.get(pair(lines[until - 1]!, lines[until]!)) ?? -1) > at) continue;
      if (until - from >= leastRun) isSaid.fill(true, from, until);
      from = until;
    }
    return isSaid;
  }
}

function pair(one: string, next: string): string {
  return `${one}\n${next}`;
}
