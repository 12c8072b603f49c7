/** What a launch leaves in our cache for later: originals and its lines in the ledger. With `--ephemeral` nothing of it. */
import { realpathSync } from 'node:fs';
import type { ExchangeRecord, OriginalsPlace } from '../proxy/records.ts';
import { openLedger } from '../store/ledger.ts';
import { readMarks } from '../store/marks.ts';
import { cacheParts } from '../store/place.ts';
import { sweepDecisions } from '../store/sweep-decisions.ts';
import { type Amount, type SweepLimits, type Swept, sweepOriginals, usualLimits } from '../store/sweep-originals.ts';
import type { SessionSettings } from './launch.ts';
import { type LaunchFacts, launchPart, ledgerLine } from './ledger-line.ts';
import { sweepLaunches } from './private-folder.ts';

export interface Keeping {
  /** Where this launch's originals go; undefined where it makes no excerpts, and so needs none. */
  readonly originals: OriginalsPlace | undefined;
  /** Where decisions are recorded; undefined where nothing is changed. */
  readonly decisions: { readonly folder: string } | undefined;
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
    decisions:
      settings.mode === 'shrink' ? { folder: cacheParts(settings.isEphemeral ? privateFolder : cacheFolder).decisions } : undefined,
    originals: needsOriginals ? { folder: folderOf(), ...(settings.mode === 'shrink' ? { privateFolder } : {}) } : undefined,
    record: (record) => {
      const line = ledger && ledgerLine(record, launch);
      if (line) ledger.append(line);
    },
    close: () => ledger?.close(),
  };
}

/** In minutes. */
const hour = 60;

export interface CacheSweep {
  readonly limits?: SweepLimits;
  /** True: originals that a running launch uses go as well. */
  readonly takesUsed?: boolean;
  readonly signal?: AbortSignal;
}

/** Removes what dead launches left, then originals beyond the limits, and decisions as old. Never rejects. */
export async function sweepCache(
  cacheFolder: string,
  platform: NodeJS.Platform,
  { limits = usualLimits, takesUsed = false, signal }: CacheSweep = {},
): Promise<Swept & { readonly launches: number; readonly decisions: Amount }> {
  const { launches, originals, decisions } = cacheParts(cacheFolder);
  // First: what a dead launch used is in use no longer.
  const dead = await sweepLaunches(cacheFolder, platform);
  const readUsed = () => (takesUsed ? new Set<string>() : readMarks(launches));
  const swept = await sweepOriginals(originals, { limits, readUsed, ...(signal ? { signal } : {}) });
  // A conversation of the last hour may go on, and the provider may hold what was sent of it.
  const mostMinutes = takesUsed ? 0 : Math.max(hour, limits.mostDays * 24 * hour);
  return { ...swept, launches: dead, decisions: signal?.aborted ? { files: 0, bytes: 0 } : await sweepDecisions(decisions, mostMinutes) };
}
