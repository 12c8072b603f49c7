/** Codex with a person at the terminal: how it is set up there, and what it shows. */
import { join } from 'node:path';
import type { TourAgent } from './tour-agent.ts';

export const codexAtTerminal: TourAgent & Required<Pick<TourAgent, 'terminal'>> = {
  ...{ name: 'codex', title: 'Codex', package: '@openai/codex', version: '', command: 'codex', hasServer: false },
  terminal: {
    args: ['-a', 'never', '-s', 'danger-full-access', '-m', 'gpt-6-sol'],
    ready: /Ask Codex|AGENT-EXIT=/,
    quit: async (screen) => screen.type('/quit'),
  },
  setUp({ write, project, upstream }) {
    const lines = [
      `openai_base_url = "${upstream}/v1"`,
      ...[
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        `[projects.${JSON.stringify(project)}]`,
        'trust_level = "trusted"',
      ],
    ];
    write(join('.codex', 'config.toml'), `${lines.join('\n')}\n`);
    write(join('.codex', 'auth.json'), '{"OPENAI_API_KEY":"dummy"}');
    return { args: [], environment: {} };
  },
};
