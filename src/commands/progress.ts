/** A progress bar on stderr, where that is a terminal. */

export interface Progress {
  show(done: number): void;
  clear(): void;
}

const barLength = 30;

export function startProgress(all: number, noun: string): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, clear: () => {} };
  return {
    show: (done) => {
      const filled = Math.floor((barLength * done) / all);
      stderr.write(`\r[${'#'.repeat(filled)}${' '.repeat(barLength - filled)}] ${done} of ${all} ${noun}`);
    },
    clear: () => void stderr.write('\r\x1b[K'),
  };
}
