/** `headroom dashboard`: the page with what was saved, on loopback until it is ended. It reads, and changes nothing. */
import { Command } from 'commander';
import { readPort } from './read-port.ts';

const examples = `
The address it prints opens the page, and whoever has it can read what the page
shows: figures, originals, and what models were shown of them. Ctrl-C ends it.

Examples:
  headroom dashboard                       any free port, and your browser
  headroom dashboard --port 8484 --no-open`;

export function createDashboardCommand(): Command {
  return new Command('dashboard')
    .description('a page with what was saved, live, before and after')
    .helpOption('-h, --help', 'print this page')
    .option('--port <number>', 'listen there, on 127.0.0.1; any free port otherwise')
    .option('--no-open', 'only print the address')
    .addHelpText('after', examples)
    .action(async ({ port, open }: { readonly port?: string; readonly open: boolean }) => {
      const { serveDashboard } = await import('./dashboard-serve.ts');
      await serveDashboard(port === undefined ? 0 : readPort(port), open);
    });
}
