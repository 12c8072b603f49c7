/** The compressors, in the order in which they are asked where their claims are the same. */
import { commandTables } from './command-tables.ts';
import type { Compressor } from './compressor.ts';
import { diffs } from './diffs.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { listings } from './listings.ts';
import { logs } from './logs.ts';
import { pageSnapshot } from './page-snapshot.ts';
import { search } from './search.ts';
import { sharedBeginnings } from './shared-beginnings.ts';
import { stackTraces } from './stack-traces.ts';
import { tables } from './tables.ts';
import { terminal } from './terminal.ts';

/** Runs before all others, on every text: what it takes out would stand in their way. */
export const cleaner: Compressor = terminal;

export const compressors: readonly Compressor[] = [
  diffs,
  search,
  json,
  listings,
  html,
  pageSnapshot,
  logs,
  commandTables,
  stackTraces,
  tables,
  sharedBeginnings,
];
