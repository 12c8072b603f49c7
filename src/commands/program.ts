/** The command line as a whole: which commands there are, in the order that help shows them. */
import { Command } from 'commander';
import { Failure } from '../errors.ts';
import { version } from '../version.ts';
import { createAgentsCommand } from './agents.ts';
import { createCleanCommand } from './clean.ts';
import { createCompleteCommand, createCompletionCommand } from './completion.ts';
import { createCompressCommand } from './compress.ts';
import { createConfigCommand } from './config.ts';
import { createCursorCommand } from './cursor.ts';
import { createDashboardCommand } from './dashboard.ts';
import { createDemoCommand } from './demo.ts';
import { createDoctorCommand } from './doctor.ts';
import { createManualCommand } from './manual.ts';
import { createMcpCommand } from './mcp.ts';
import { createPerfCommand } from './perf.ts';
import { createProxyCommand } from './proxy.ts';
import { createRetrieveCommand } from './retrieve.ts';
import { createStatsCommand } from './stats.ts';
import { createUninstallCommand } from './uninstall.ts';
import { createWrapCommand, isAgentName } from './wrap.ts';

const examples = `
Examples:
  headroom demo                       see it work here: no key, no network
  headroom wrap claude -p "why?" | jq
  headroom wrap --help                the options of wrap; so of every command`;

/** A line for each command: its options are its own page's. */
const mainHelp = { subcommandTerm: (command: Command) => command.name(), visibleOptions: () => [] };

export function createProgram(): Command {
  const program = createCommands()
    .addCommand(createCompletionCommand(createCommands))
    .addCommand(createCompleteCommand(createCommands), { hidden: true })
    .addCommand(createManualCommand(createProgram), { hidden: true });
  for (const command of [program, ...program.commands]) {
    // What is wrong is said once, by `cli.ts`.
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .showSuggestionAfterError(true);
  }
  for (const command of program.commands.filter(({ commands }) => commands.length > 0)) refuseUnknown(command);
  return program;
}

/** A command that does something without a word takes any other for one too many. */
function refuseUnknown(command: Command): void {
  command.allowExcessArguments().hook('preAction', (_, started) => {
    const [word] = command.args;
    if (started !== command || word === undefined) return;
    const name = command.name();
    throw new Failure('unknown-command', `There is no command \`${name} ${word}\``, `Try: headroom ${name} --help`);
  });
}

function createCommands(): Command {
  const program = new Command('headroom')
    .description('Runs a coding agent behind a private proxy that shrinks what it\nreads, and prints a receipt of what that saved.')
    .usage('<command> [options]\n       headroom [--help | --version]')
    .configureHelp(mainHelp)
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this page')
    .enablePositionalOptions()
    .addHelpText('after', examples)
    .addCommand(createWrapCommand())
    .addCommand(createProxyCommand())
    .addCommand(createDemoCommand())
    .addCommand(createAgentsCommand())
    .addCommand(createPerfCommand())
    .addCommand(createStatsCommand())
    .addCommand(createDashboardCommand())
    .addCommand(createMcpCommand())
    .addCommand(createCursorCommand())
    .addCommand(createConfigCommand())
    .addCommand(createCompressCommand())
    .addCommand(createRetrieveCommand())
    .addCommand(createDoctorCommand())
    .addCommand(createCleanCommand())
    .addCommand(createUninstallCommand())
    .helpCommand(false)
    .argument('[command]')
    .argument('[args...]')
    .passThroughOptions()
    .action((name: string | undefined) => {
      if (name === undefined) return program.help();
      throw new Failure(
        'unknown-command',
        `There is no command \`${name}\``,
        isAgentName(name) ? `Try: headroom wrap ${name}` : 'Try: headroom --help',
      );
    });
  return program;
}
