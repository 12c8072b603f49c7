/** `headroom completion`: prints what makes a shell complete our commands; and `headroom complete`, which such a script asks. */
import { Argument, Command } from 'commander';
import { agentNames } from './wrap.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

const examples = `
Examples:
  source <(headroom completion bash)          for this terminal
  headroom completion bash > ~/.local/share/bash-completion/completions/headroom
  headroom completion zsh > "\${fpath[1]}/_headroom"
  headroom completion fish > ~/.config/fish/completions/headroom.fish
  headroom completion powershell >> $PROFILE`;

/** What the script asks the package bash-completion for, where that is not installed: the words, and the one being typed. */
const bashWithoutHelp = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]}")
        cword=$COMP_CWORD
        cur=\${words[cword]}
        prev=\${words[cword-1]}
    }
fi
`;

/** `createProgram` makes the program that is completed, without these two commands. */
export function createCompletionCommand(createProgram: () => Command): Command {
  return new Command('completion')
    .description('print a script by which your shell completes all this')
    .helpOption('-h, --help', 'print this page')
    .addArgument(new Argument('<shell>', shells.join(', ')).choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: string) => {
      if (shell === 'bash') process.stdout.write(bashWithoutHelp);
      (await read(createProgram())).setup('headroom', 'headroom', shell);
    });
}

/** What shells ask at a press of the key: `headroom complete -- WORDS`. */
export function createCompleteCommand(createProgram: () => Command): Command {
  return new Command('complete')
    .argument('[words...]')
    .helpOption(false)
    .passThroughOptions()
    .action(async (words: string[]) => {
      if (belongsToAgent(words)) process.stdout.write(':0\n');
      else (await read(createProgram())).parse(words);
    });
}

/** What follows an agent's name is its own: the shell may offer files (`:0`), and we nothing. */
function belongsToAgent([command, ...words]: readonly string[]): boolean {
  return command === 'wrap' && words.slice(0, -1).some((word) => agentNames.includes(word) || word === '--');
}

async function read(program: Command) {
  // Of an agent's name any word may take the place, so it is no choice where it is parsed; here it is.
  const agent = program.commands.find((command) => command.name() === 'wrap')?.registeredArguments[0];
  agent?.choices(agentNames);
  const { default: describe } = await import('@bomb.sh/tab/commander');
  return describe(program, { completionCommandName: 'completion' });
}
