/** The files that the user asked for by `--receipt-json` and `--explain`: opened before the agent starts, so that a bad path is said in time. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure, messageOf } from '../errors.ts';

export interface OutputFile {
  /** Adds text at the end; a file that can no longer be written is given up, and `close` says why. */
  append(text: string): void;
  /** Puts this in place of all that is there. */
  replace(text: string): void;
  /** Throws what went wrong since the file was opened; does nothing the second time. */
  close(): void;
}

/** Opens or makes the file; what is in it stays until something is written. A `Failure` where it cannot be written. */
export function openOutputFile(path: string, option: string, workingFolder: string): OutputFile {
  const file = open(resolve(workingFolder, path), option);
  let failure: unknown;
  let isUsed = false;
  let isClosed = false;
  function write(text: string, isWhole: boolean): void {
    if (failure !== undefined) return;
    try {
      if (isWhole || !isUsed) empty(file);
      isUsed = true;
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    } catch (thrown) {
      failure = thrown;
    }
  }
  return {
    append: (text) => write(text, false),
    replace: (text) => write(text, true),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      closeSync(file);
      if (failure !== undefined) throw new Error(`${option} ${path}: ${messageOf(failure)}`);
    },
  };
}

function open(path: string, option: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (thrown) {
    throw new Failure(
      'file-not-writable',
      `Cannot write the file of ${option}: ${messageOf(thrown)}`,
      'Name a file in a folder that exists and can be written.',
    );
  }
}

// A pipe or a device has no length to cut.
function empty(file: number): void {
  try {
    ftruncateSync(file);
  } catch {}
}
