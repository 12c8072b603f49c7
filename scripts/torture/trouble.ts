/** Our own troubles, in the middle of everything else: a compressor that throws, lies or dawdles, and a store that cannot be written for a while. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createDice } from '../../test/helpers/dice.ts';
import { pause } from './part.ts';
import type { CompressorFault, ProxyProcess } from './proxy-process.ts';

export interface Trouble {
  compressors(): number;
  stores(): number;
  /** Everything works again when this resolves. */
  stop(): Promise<void>;
}

const compressorFaults: readonly CompressorFault[] = ['throws', 'lies', 'dawdles'];

export function troubleWithin(proxy: ProxyProcess, seed: number): Trouble {
  const dice = createDice(seed);
  const { originals } = proxy;
  const aside = `${originals}.aside`;
  let compressors = 0;
  let stores = 0;
  let isOver = false;
  // A file where the folder should be: nothing can be kept, whoever we are.
  const breakStore = () => {
    if (existsSync(originals)) renameSync(originals, aside);
    writeFileSync(originals, '');
  };
  const mendStore = () => {
    rmSync(originals);
    if (existsSync(aside)) renameSync(aside, originals);
  };
  const run = async () => {
    while (!isOver) {
      await pause(40 + dice(150));
      const isStore = dice(3) === 0;
      if (isStore) {
        breakStore();
        stores++;
      } else {
        await proxy.setCompressor(compressorFaults[compressors % compressorFaults.length]!);
        compressors++;
      }
      await pause(20 + dice(80));
      if (isStore) mendStore();
      else await proxy.setCompressor('none');
    }
  };
  const running = run();
  return {
    compressors: () => compressors,
    stores: () => stores,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
