/** What a launch leaves in our cache for later: originals and its lines in the ledger. With `--ephemeral` nothing of it. */
import { realpathSync } from 'node:fs';
import type { ExchangeRecord, OriginalsPlace } from '../proxy/records.ts';
import { openLedger } from '../store/ledger.ts';
import { readMarks } from '../store/marks.ts';
import { cacheParts } from '../store/place.ts';
import { type SweepLimits, type Swept, sweepOriginals, usualLimits } from '../store/sweep-originals.ts';
import type { SessionSettings } from './launch.ts';
import { type LaunchFacts, launchPart, ledgerLine } from './ledger-line.ts';
import { sweepLaunches } from './private-folder.ts';

export interface Keeping {
  /** Where this launch's originals go; undefined where it makes no excerpts, and so needs none. */
  readonly originals: OriginalsPlace | undefined;
  /** Never throws. */
  record(record: ExchangeRecord): void;
  /** Throws what kept lines from the ledger. */
  close(): void;
}

export interface KeepingPlaces {
  readonly cacheFolder: string;
  readonly privateFolder: string;
  /** Whether the agent can open a file that a note names. */
  readonly opensFiles: boolean;
}

export function startKeeping(settings: SessionSettings, places: KeepingPlaces, facts: LaunchFacts): Keeping {
  const { cacheFolder, privateFolder } = places;
  const needsOriginals = places.opensFiles && settings.mode !== 'off' && settings.profile === 'standard';
  // Agents compare a path with every link in it followed.
  const folderOf = () => cacheParts(realpathSync.native(settings.isEphemeral ? privateFolder : cacheFolder)).originals;
  const ledger = settings.isEphemeral ? undefined : openLedger(cacheParts(cacheFolder).ledger);
  const launch = launchPart(facts);
  return {
    originals: needsOriginals ? { folder: folderOf(), ...(settings.mode === 'shrink' ? { privateFolder } : {}) } : undefined,
    record: (record) => {
      const line = ledger && ledgerLine(record, launch);
      if (line) ledger.append(line);
    },
    close: () => ledger?.close(),
  };
}

export interface CacheSweep {
  readonly limits?: SweepLimits;
  /** True: originals that a running launch uses go as well. */
  readonly takesUsed?: boolean;
  readonly signal?: AbortSignal;
}

/** Removes what dead launches left, then originals beyond the limits. Never rejects. */
export async function sweepCache(
  cacheFolder: string,
  platform: NodeJS.Platform,
  { limits = usualLimits, takesUsed = false, signal }: CacheSweep = {},
): Promise<Swept & { readonly launches: number }> {
  const { launches, originals } = cacheParts(cacheFolder);
  // First: what a dead launch used is in use no longer.
  const dead = await sweepLaunches(cacheFolder, platform);
  const readUsed = () => (takesUsed ? new Set<string>() : readMarks(launches));
  return { ...(await sweepOriginals(originals, { limits, readUsed, ...(signal ? { signal } : {}) })), launches: dead };
}
