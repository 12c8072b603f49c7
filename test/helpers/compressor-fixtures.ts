/** Fixture files of the compressors, and of JSON around texts: the call as JSON, what the tool printed, and what it becomes, with dividers between. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolCall } from '../../src/block.ts';

export interface CompressorFixture {
  /** Folder name: the compressor's kind. */
  readonly kind: string;
  readonly name: string;
  readonly call: ToolCall;
  readonly input: string;
  /** Equal to the input where the compressor must leave it alone. */
  readonly expected: string;
}

const divider = '\n----- 8< -----\n';

export const compressorFixtures = (): CompressorFixture[] => fixturesIn('compressors');
export const envelopeFixtures = (): CompressorFixture[] => fixturesIn('envelopes');

function fixturesIn(name: string): CompressorFixture[] {
  const folder = join(import.meta.dirname, '..', 'fixtures', name);
  return readdirSync(folder).flatMap((kind) =>
    readdirSync(join(folder, kind)).map((name) => {
      const [call = '', input = '', expected = input] = readFileSync(join(folder, kind, name), 'utf8').split(divider);
      return { kind, name, call: JSON.parse(call) as ToolCall, input, expected };
    }),
  );
}
