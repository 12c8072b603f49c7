/** The compressors, in the order in which they are asked where their claims are the same. */
import { builds } from './builds.ts';
import { commandTables } from './command-tables.ts';
import type { Compressor } from './compressor.ts';
import { data } from './data.ts';
import { diffs } from './diffs.ts';
import { git } from './git.ts';
import { html } from './html.ts';
import { infrastructure } from './infrastructure.ts';
import { installs } from './installs.ts';
import { json } from './json.ts';
import { listings } from './listings.ts';
import { logs } from './logs.ts';
import { pageSnapshot } from './page-snapshot.ts';
import { prose } from './prose.ts';
import { search } from './search.ts';
import { sharedBeginnings } from './shared-beginnings.ts';
import { stackTraces } from './stack-traces.ts';
import { tables } from './tables.ts';
import { terminal } from './terminal.ts';
import { testRuns } from './test-runs.ts';
import { trackers } from './trackers.ts';

/** Runs before all others, on every text: what it takes out would stand in their way. */
export const cleaner: Compressor = terminal;

export const compressors: readonly Compressor[] = [
  testRuns,
  builds,
  diffs,
  search,
  trackers,
  json,
  listings,
  git,
  html,
  pageSnapshot,
  logs,
  commandTables,
  installs,
  infrastructure,
  stackTraces,
  tables,
  prose,
  data,
  sharedBeginnings,
];
