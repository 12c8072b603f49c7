/** Our own troubles, in the middle of everything else: a compressor that throws, lies or dawdles, and stores that cannot be written for a while. */
import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

function putAside(folder: string, aside: string): void {
  if (!existsSync(folder)) return;
  if (!existsSync(aside)) renameSync(folder, aside);
  else {
    cpSync(folder, aside, { recursive: true });
    rmSync(folder, { recursive: true });
  }
}

/** False where something has that name. */
function takeName(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    return false;
  }
}

export function troubleWithin(proxy: ProxyProcess, seed: number): Trouble {
  const dice = createDice(seed);
  let compressors = 0;
  let stores = 0;
  let isOver = false;
  // A file where the folder should be: nothing can be kept, whoever we are.
  const breakStore = (folder: string) => {
    // The proxy may make the folder anew in between.
    for (let isBroken = false; !isBroken; ) {
      putAside(folder, `${folder}.aside`);
      isBroken = takeName(folder);
    }
  };
  const mendStore = (folder: string) => {
    rmSync(folder);
    if (existsSync(`${folder}.aside`)) renameSync(`${folder}.aside`, folder);
  };
  const run = async () => {
    while (!isOver) {
      await pause(40 + dice(150));
      const store = dice(2) === 0 ? proxy.stores[stores % proxy.stores.length] : undefined;
      if (store) {
        breakStore(store);
        stores++;
      } else {
        await proxy.setCompressor(compressorFaults[compressors % compressorFaults.length]!);
        compressors++;
      }
      await pause(20 + dice(80));
      if (store) mendStore(store);
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
