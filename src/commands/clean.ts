/** `headroom clean`: removes what our cache holds, says what that was, and leaves what a running launch uses unless told. */
import { Command } from 'commander';
import { Failure, messageOf } from '../errors.ts';
import { removeSecret } from '../store/content-secret.ts';
import { removeLedger } from '../store/ledger.ts';
import { cacheParts } from '../store/place.ts';
import type { Amount } from '../store/sweep-originals.ts';
import { sayBytes, sayCount } from '../text/say-amount.ts';
import { ownPlaces } from './own-places.ts';

const examples = `
Without --all the ledger stays, and so do originals that a running launch uses,
and what was decided for conversations of the last hour.

Examples:
  headroom clean
  headroom clean --all`;

export function createCleanCommand(): Command {
  return new Command('clean')
    .description('remove originals and what dead launches left')
    .helpOption('-h, --help', 'print this page')
    .option('--all', "the ledger, originals in use and the proxy's key as well")
    .addHelpText('after', examples)
    .action(clean);
}

const everything = { mostDays: 0, mostBytes: -1 };

async function clean({ all = false }: { readonly all?: boolean }): Promise<void> {
  const { sweepCache } = await import('../launch/keeping.ts');
  const { findRunningLaunches } = await import('../launch/private-folder.ts');
  const { cacheFolder } = ownPlaces();
  // First: if it stays, so does the rest, and there is one thing to say.
  const ledger = all ? takeLedger(cacheParts(cacheFolder).ledger) : { files: 0, bytes: 0 };
  const swept = await sweepCache(cacheFolder, process.platform, { limits: everything });
  const used = all ? await sweepCache(cacheFolder, process.platform, { limits: everything, takesUsed: true }) : undefined;
  const decisions = add(swept.decisions, used?.decisions);
  const stuck = used ? used.left : { files: swept.left.files - swept.used.files, bytes: swept.left.bytes - swept.used.bytes };
  // A proxy that runs has told clients addresses with it in them.
  const isQuiet = all && (await findRunningLaunches(cacheFolder, process.platform)).length === 0;
  const keys = isQuiet ? removeSecret(cacheFolder) : { files: 0, bytes: 0 };
  const lines = [
    ...say('removed', swept.removed, 'original', ''),
    ...(used && swept.used.files > 0
      ? say('removed', used.removed, 'original', ' that a running launch used')
      : say('kept', swept.used, 'original', ' that a running launch uses')),
    ...say('could not remove', stuck, 'original', ''),
    ...say('removed', decisions, 'record', ' of what results became'),
    ...(swept.launches > 0 ? [`removed ${sayCount(swept.launches, 'folder')} of launches that were killed`] : []),
    ...say('removed', ledger, 'file', ' of the ledger'),
    ...say('removed', keys, 'key', ' to what the proxy keeps'),
  ];
  process.stdout.write(`${(lines.length > 0 ? lines : ['there was nothing to remove']).join('\n')}\n`);
}

function takeLedger(folder: string): Amount {
  try {
    return removeLedger(folder);
  } catch (thrown) {
    throw new Failure('ledger-stays', `Cannot remove the ledger: ${messageOf(thrown)}`, `Remove ${folder} yourself.`);
  }
}

function add(one: Amount, other: Amount = { files: 0, bytes: 0 }): Amount {
  return { files: one.files + other.files, bytes: one.bytes + other.bytes };
}

function say(what: string, { files, bytes }: Amount, noun: string, which: string): readonly string[] {
  return files > 0 ? [`${what} ${sayCount(files, noun)}${which}: ${sayBytes(bytes)}`] : [];
}
