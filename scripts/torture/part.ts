/** What a part of the torture is given, and the small things that several of them need. */
import { availableParallelism } from 'node:os';
import { protocols } from '../../src/protocols/index.ts';
import type { Checks } from '../e2e/checks.ts';

export interface PartOptions {
  readonly checks: Checks;
  /** Decides everything that is left to chance. */
  readonly seed: number;
  /** What is to take how long; undefined: the part's own measure. */
  readonly seconds: number | undefined;
  /** Small sizes, for every run of the checks. */
  readonly isQuick: boolean;
}

export type Part = (options: PartOptions) => Promise<void>;

const paths = ['/v1/messages', '/v1/chat/completions', '/v1/responses', '/v1beta/models/gemini-2.5-pro:streamGenerateContent'];

/** Where an agent posts what this protocol reads; undefined where none of the usual paths is served by it. */
export function pathFor(protocol: string): string | undefined {
  const member = protocols.find(({ name }) => name === protocol);
  return paths.find((path) => member?.serves('POST', path) === 'turn');
}

/** Works through a list, several at once; the first that throws ends it. */
export async function inParallel<Item>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<void>,
  lanes = 8,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      await run(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Looks again until it holds, or ten seconds have passed; whether it held. */
export async function comesTrue(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const last = performance.now() + 10_000; performance.now() < last; await pause(20)) if (await holds()) return true;
  return false;
}

/** The machine, in a line: figures say nothing without it. */
export function machine(): string {
  return `Node ${process.versions.node}, ${availableParallelism()} processors`;
}
