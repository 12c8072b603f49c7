/** What has to be taken away, remembered as it is put up; done once, in reverse order, to the end, whatever fails on the way. */
import { messageOf } from '../errors.ts';

export interface Teardown {
  /** `what` names the part in the message about its failure. */
  add(what: string, undo: () => void | Promise<void>): void;
  /** Resolves with one line for each part that could not be taken down; a second call waits for the first. */
  run(): Promise<readonly string[]>;
}

export function createTeardown(): Teardown {
  const parts: { what: string; undo: () => void | Promise<void> }[] = [];
  let running: Promise<readonly string[]> | undefined;

  async function undoAll(): Promise<readonly string[]> {
    const errors: string[] = [];
    for (let part = parts.pop(); part; part = parts.pop()) {
      try {
        await part.undo();
      } catch (thrown) {
        errors.push(`${part.what}: ${messageOf(thrown)}`);
      }
    }
    return errors;
  }

  return {
    add: (what, undo) => parts.push({ what, undo }),
    run: () => (running ??= undoAll()),
  };
}
