/** The command line as a whole: which commands there are, in the order that help shows them. */
import { Command } from 'commander';
import { wrappers } from '../../wrappers/index.ts';
import { Failure } from '../errors.ts';
import { version } from '../version.ts';
import { createWrapCommand } from './wrap.ts';

const examples = `
Examples:
  headroom wrap claude                  start Claude Code; everything after \`claude\` goes to it
  headroom wrap claude -p "..." | jq    in a pipe, with nothing of ours on stdout
  headroom wrap --help                  the options of wrap`;

export function createProgram(): Command {
  const program = new Command('headroom')
    .description('Runs a coding agent behind a private proxy that shrinks what it\nreads, and prints a receipt of what that saved.')
    .usage('<command> [options]')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this page')
    .enablePositionalOptions()
    .addHelpText('after', examples)
    .addCommand(createWrapCommand())
    .helpCommand(false)
    .argument('[command]')
    .action((name: string | undefined) => {
      if (name === undefined) program.help();
      const isAgent = wrappers.some((wrapper) => wrapper.name === name);
      throw new Failure(
        'unknown-command',
        `There is no command \`${name}\``,
        isAgent ? `Try: headroom wrap ${name}` : 'Try: headroom --help',
      );
    });
  for (const command of [program, ...program.commands]) {
    // What is wrong is said once, by `cli.ts`.
    command
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .showSuggestionAfterError(true);
  }
  return program;
}
