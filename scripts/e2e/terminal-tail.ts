/** 300 agents of 40 KB and 100 of 1 MB written just before their end, with a fast and with a slow reader: not one byte may be lost. */
import { findLostTails, type TailTrial } from '../../test/helpers/terminal-tail.ts';
import type { Checks } from './checks.ts';

const trials: TailTrial[] = [
  { bytes: 40_000, runs: 300, reader: 'fast', terminals: 2 },
  { bytes: 1_000_000, runs: 100, reader: 'fast', terminals: 2 },
  { bytes: 40_000, runs: 300, reader: 'slow', terminals: 10 },
  { bytes: 1_000_000, runs: 100, reader: 'slow', terminals: 10 },
];

export async function checkTerminalTail(checks: Checks): Promise<void> {
  console.log('What an agent writes just before its end');
  for (const trial of trials) {
    const lost = await findLostTails(trial);
    checks.check(`${trial.runs} runs of ${trial.bytes} bytes, ${trial.reader} reader: every byte came`, lost.length === 0, lost.join('\n'));
  }
}
