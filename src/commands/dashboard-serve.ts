/** The life of the page: its parts put together, its address printed, and its end when it is asked for. */
import { readFileSync } from 'node:fs';
import { findRunningLaunches } from '../launch/private-folder.ts';
import { say } from '../launch/say.ts';
import { compareOriginal } from '../page/compare-original.ts';
import type { PageOriginals } from '../page/data.ts';
import { openPage } from '../page/open-page.ts';
import { readSent } from '../page/read-sent.ts';
import { type PageFiles, startPage } from '../page/server.ts';
import { followFigures } from '../perf/page-data.ts';
import { listOriginals, originalsFolders } from '../store/list-originals.ts';
import { cacheParts } from '../store/place.ts';
import { loadCounter } from '../tokens/count.ts';
import { loadPrices } from '../tokens/prices.ts';
import { ownPlaces } from './own-places.ts';
import { readOwnPrices } from './settings.ts';

/** Resolves when somebody has ended it. */
export async function serveDashboard(port: number, opens: boolean): Promise<void> {
  const { cacheFolder } = ownPlaces();
  const { ledger, decisions } = cacheParts(cacheFolder);
  const ended = endAsked();
  let counter: ReturnType<typeof loadCounter> | undefined;
  const count = () => {
    counter ??= loadCounter();
    return counter;
  };
  const page = await startPage(port, {
    files: readPageFiles(),
    readData: followFigures(ledger, await loadPrices(await readOwnPrices()), () => findRunningLaunches(cacheFolder, process.platform)),
    readOriginals: async () => readOriginals(cacheFolder),
    compareOriginal: async (name) => compareOriginal(name, originalsFolders(cacheFolder), await count()),
    readSent: async (key, after) => readSent(key, after, { decisions, originals: originalsFolders(cacheFolder) }, await count()),
  });
  process.stdout.write(`${page.address}\n`);
  if (process.stdout.isTTY) say('Ctrl-C ends it.');
  // Where nobody looks at the terminal, nobody looks at a browser.
  const opened = opens && process.stdout.isTTY ? openPage(page.address, process.platform, process.env) : undefined;
  await ended;
  opened?.remove();
  await page.close();
}

const mostListed = 200;

function readOriginals(cacheFolder: string): PageOriginals {
  const listed = listOriginals(originalsFolders(cacheFolder));
  return {
    folder: cacheParts(cacheFolder).originals,
    files: listed.length,
    bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0),
    latest: listed.slice(0, mostListed).map(({ name, bytes, keptAt }) => ({ name, bytes, keptAt: new Date(keptAt).toISOString() })),
  };
}

/** They lie beside the bundle. */
function readPageFiles(): PageFiles {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
  return { document: read('./page.html'), script: read('./page.js'), style: read('./page.css') };
}

function endAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
