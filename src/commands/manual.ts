/** All commands and options on one page, as the README shows them: read from the commands themselves. */
import { Command, Help } from 'commander';

/** `headroom manual`, which help does not show: `createProgram` makes the program that is described. */
export function createManualCommand(createProgram: () => Command): Command {
  return new Command('manual').helpOption(false).action(() => void process.stdout.write(`${renderManual(createProgram())}\n`));
}

/** Plain text, at most 80 columns wide. */
export function renderManual(program: Command): string {
  return listCommands(program, program.name())
    .map(({ command, name }) => describe(command, name))
    .join('\n\n');
}

interface Named {
  readonly command: Command;
  readonly name: string;
}

const help = new Help();
help.helpWidth = 80;

function listCommands(parent: Command, name: string): readonly Named[] {
  return help.visibleCommands(parent).flatMap((command) => {
    const own = `${name} ${command.name()}`;
    return [{ command, name: own }, ...listCommands(command, own)];
  });
}

function describe(command: Command, name: string): string {
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  const width = Math.max(0, ...options.map(({ flags }) => flags.length));
  const lines = options.map(({ flags, description }) => help.formatItem(flags, width, description, help));
  return [`${name} ${command.usage()}`, `  ${command.description()}`, ...lines].join('\n');
}
