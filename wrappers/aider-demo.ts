/** aider in a demo: commands as a person runs them, then one question. It has no tools, and no setting, key or history of it is the user's. */
import type { Demo, DemoSituation, DemoStart } from '../src/launch/wrapper.ts';
import { pathsOf } from './paths.ts';

export const demo: Demo = { plan, worksInCopy: true, hasTools: false };

/** No name of a real model: aider would say what it costs. */
const model = 'openai/scripted-demo';
const commandsName = 'commands.txt';
/** Where aider looks for what it does not know of a model before it asks the network. */
const modelName = '.aider.model.metadata.json';

function plan({ homeFolder, platform, upstream, prompt, files, word }: DemoSituation): DemoStart {
  const { join } = pathsOf({ platform });
  // A name with a line end in it would be a command of its own below.
  const shown = files.filter((file) => !/\p{Cc}/u.test(file));
  return {
    args: [
      ...['--model', model, '--chat-mode', 'ask', '--yes-always', '--no-git', '--no-gitignore', '--map-tokens', '0', '--no-stream'],
      ...['--no-check-update', '--no-show-release-notes', '--no-show-model-warnings', '--no-analytics', '--no-suggest-shell-commands'],
      // In the folder they would be found by the search.
      ...['--chat-history-file', join(homeFolder, 'chat.md'), '--input-history-file', join(homeFolder, 'input.txt')],
      ...['--load', join(homeFolder, commandsName), '--message', prompt],
    ],
    environment: {
      OPENAI_API_BASE: `${upstream}/v1`,
      OPENAI_API_KEY: 'demo',
      // Whatever it would fetch: nobody listens there.
      ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: '127.0.0.1', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    },
    files: [
      { name: commandsName, text: spellCommands(shown, word, platform) },
      { name: modelName, text: JSON.stringify({ [model]: { litellm_provider: 'openai', mode: 'chat', max_input_tokens: 200_000 } }) },
    ],
  };
}

const nowhere = 'http://127.0.0.1:9';

/** A file, a search, and the file again. */
function spellCommands(files: readonly string[], word: string, platform: NodeJS.Platform): string {
  const isWindows = platform === 'win32';
  const quoted = files.map((file) => (isWindows ? `"${file.replaceAll('/', '\\')}"` : `'${file.replaceAll("'", String.raw`'\''`)}'`));
  if (quoted.length === 0) return '';
  const [show, search] = isWindows ? ['type', `findstr /n "${word}"`] : ['cat', `grep -n -e '${word}'`];
  // In a terminal aider loses the last of what a command prints that ends at once.
  const wait = isWindows ? '' : '; sleep 1';
  return [`${show} ${quoted[0]}`, `${search} ${quoted.join(' ')}`, `${show} ${quoted[0]}`]
    .map((command) => `/run ${command}${wait}\n`)
    .join('');
}
