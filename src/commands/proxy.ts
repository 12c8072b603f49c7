/** `headroom proxy`: one proxy for whatever speaks to a model from this machine, or, with a token, from others. It runs until it is ended. */
import { Command } from 'commander';
import type { WrapFlags } from '../config.ts';
import { addWrapOption } from './add-options.ts';

const examples = `
A request goes where its path says, with the client's own key. Ctrl-C ends it
when no request is in flight any more, a second one at once.

Examples:
  OPENAI_BASE_URL=http://127.0.0.1:8787/v1 my-app
  headroom proxy --upstream openai=https://openrouter.ai/api
  HEADROOM_TOKEN=... headroom proxy --host 0.0.0.0
  HEADROOM_STORE=rediss://:PASSWORD@redis.internal:6379/0 headroom proxy`;

export interface ProxyFlags extends WrapFlags {
  readonly port?: string;
  readonly host?: string;
  readonly token?: string;
  readonly recovery?: string;
  readonly httpOnly?: boolean;
  readonly sharedStore?: string;
}

/** What they do here, where that is not what they do for a launch. */
const own: Readonly<Record<string, string>> = {
  upstream: 'send all requests there, or with API=URL those of one API',
  quiet: 'print no notes',
};

const shared = ['upstream', 'profile', 'cold', 'observe', 'off', 'ephemeral', 'explain', 'quiet'] as const;

export function createProxyCommand(): Command {
  const command = new Command('proxy')
    .description('one proxy for agents, apps and SDKs')
    .helpOption('-h, --help', 'print this page')
    .option('--port <number>', 'listen there: 8787 unless given, 0 for any free port')
    .option('--host <address>', '127.0.0.1 unless given; others need a token')
    .option('--token <token>', 'what clients must show; HEADROOM_TOKEN hides it from ps')
    .option('--recovery <way>', 'how notes name originals: path, command, tool, URL')
    .option('--http-only', 'no WebSockets for conversations: Codex then takes HTTP')
    .option('--shared-store <url>', 'a Redis that replicas share; better HEADROOM_STORE')
    .addHelpText('after', examples)
    .action(async (flags: ProxyFlags) => {
      const { serveProxy } = await import('./proxy-serve.ts');
      await serveProxy(flags);
    });
  for (const name of shared) addWrapOption(command, name, own[name]);
  return command;
}
