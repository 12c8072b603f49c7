/** What leaves all but JSON alone: nothing at all, the same JSON without spaces, TOON. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bytesOnDisk } from './bytes-on-disk.ts';
import type { Contender } from './contender.ts';
import { installed, toonVersion } from './installed.ts';
import { rewriteResults } from './result-rewriter.ts';

/** What an agent sends by itself. */
export const nothing: Contender = {
  name: 'nothing',
  short: 'nothing',
  version: '',
  run: async (conversations) => functionCall(rewriteResults(conversations, (text) => text)),
};

export const compactJson: Contender = {
  name: 'compact JSON',
  short: 'JSON',
  version: '',
  run: async (conversations) => functionCall(rewriteResults(conversations, (text) => ofJson(text, JSON.stringify))),
};

export const toon: Contender = {
  name: 'TOON',
  short: 'TOON',
  version: toonVersion,
  missing: installed.toon.missing,
  run: async (conversations) => {
    const folder = join(installed.toon.folder, 'node_modules', '@toon-format', 'toon');
    const { encode } = (await import(pathToFileURL(join(folder, 'dist', 'index.mjs')).href)) as { encode: (value: unknown) => string };
    return functionCall(
      rewriteResults(conversations, (text) => ofJson(text, encode)),
      bytesOnDisk(folder),
    );
  },
};

function functionCall(figures: ReturnType<typeof rewriteResults>, installedBytes = 0) {
  return { ...figures, started: undefined, resident: undefined, installed: installedBytes };
}

function ofJson(text: string, write: (value: object) => string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return write(JSON.parse(text) as object);
  } catch {
    return text;
  }
}
