/** Runs agents that write a lot and end at once, behind one launcher after the other, and compares every byte that comes out. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleLauncher } from './launcher-bundle.ts';
import { openTerminal } from './outer-terminal.ts';

export interface TailTrial {
  readonly bytes: number;
  readonly runs: number;
  /** Slow: stops for 400 ms, longer than node-pty waits, again and again around the end of each agent. */
  readonly reader: 'fast' | 'slow';
  /** Terminals side by side, each with a share of the runs. */
  readonly terminals: number;
}

/** Every terminal whose output was not exactly what the agents wrote; empty is good. */
export async function findLostTails({ bytes, runs, reader, terminals }: TailTrial): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tail-'));
  const launcher = await bundleLauncher();
  const text = textOf(bytes);
  writeFileSync(join(folder, 'text'), text);
  const share = Math.ceil(runs / terminals);
  try {
    const lost = Array.from({ length: terminals }, async (_, index) => {
      const terminal = openTerminal(process.execPath, [launcher.file, 'pty', 'cat', join(folder, 'text')], {
        environment: { RUN_AGENT_TIMES: String(share) },
        ...(reader === 'slow' ? { pauseAfter: pausesAround(bytes) } : {}),
      });
      const { code } = await terminal.ended;
      const output = terminal.output();
      const isWhole = digest(output) === digest(Buffer.concat(Array.from({ length: share }, () => text)));
      return code === 0 && isWhole ? [] : [`terminal ${index}: ${output.length} bytes of ${text.length * share}, code ${code}`];
    });
    return (await Promise.all(lost)).flat();
  } finally {
    launcher.remove();
    rmSync(folder, { recursive: true });
  }
}

// Every byte but those that the kernel's output processing changes.
function textOf(length: number): Buffer {
  const text = Buffer.alloc(length);
  for (let at = 0, state = 1; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text[at] = state >>> 24 === 0x0a ? 0x2e : state >>> 24;
  }
  return text;
}

// One stop as each agent's text begins and three before it ends: what fills every buffer between the agent and the reader lies in there.
function pausesAround(bytes: number): (total: number) => number | undefined {
  const marks = [...new Set([bytes - 200_000, bytes - 140_000, bytes - 80_000, 1].map((mark) => Math.max(mark, 1)))].sort((a, b) => a - b);
  let reached = 0;
  return (total) => {
    const next = Math.floor(reached / marks.length) * bytes + (marks[reached % marks.length] ?? 0);
    if (total < next) return undefined;
    reached += 1;
    return 400;
  };
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
