/** The launcher's resident memory over 500 bodies of 1 MB: it must come to rest. */
import { createPlace, programCommand, runWrapped, startProgram } from './place.ts';
import type { MemoryFigures } from './programs/memory-agent.ts';
import { printTable } from './statistics.ts';

export async function benchMemory(): Promise<void> {
  const upstream = await startProgram(new URL('./programs/upstream.ts', import.meta.url));
  const place = createPlace(programCommand(new URL('./programs/memory-agent.ts', import.meta.url)));
  try {
    print(JSON.parse(await runWrapped(place, { ANTHROPIC_BASE_URL: upstream.firstLine })) as MemoryFigures[]);
  } finally {
    place.close();
    await upstream.close();
  }
}

function print(figures: readonly MemoryFigures[]): void {
  printTable(
    'Resident memory of `headroom wrap claude`, MB: a stand-in agent sends 500 bodies of 1 MB, every fifth the beginning of a conversation never\n' +
      'seen before, the others the present one grown by 4 KB.',
    [
      ['bodies', 'conversations', 'MB'],
      ...figures.map(({ bodies, conversations, megabytes }) => [String(bodies), String(conversations), megabytes.toFixed(0)]),
    ],
  );
  const at = (bodies: number) => figures.find((figure) => figure.bodies === bodies)?.megabytes ?? Number.NaN;
  console.log(`\n  from 300 to 500 bodies: ${(at(500) - at(300)).toFixed(0)} MB (${((at(500) / at(300) - 1) * 100).toFixed(1)}%)`);
}
