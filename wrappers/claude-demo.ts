/** Claude Code in a demo: by itself, told to read only, with a configuration, a key and a home that are not the user's. */
import type { Demo, DemoSituation, DemoStart } from '../src/launch/wrapper.ts';
import { pathsOf } from './paths.ts';

export const demo: Demo = { plan, worksInCopy: false, hasTools: true };

function plan({ homeFolder, platform, upstream, prompt }: DemoSituation): DemoStart {
  const { join } = pathsOf({ platform });
  return {
    args: [
      ...['-p', prompt],
      ...['--allowedTools', 'Read,Grep,Glob,Bash(ls:*),Bash(cat:*),Bash(git --no-pager log:*)'],
      ...['--disallowedTools', 'Edit,Write,NotebookEdit,WebFetch,WebSearch'],
      // Hooks and servers of the project are the user's as well.
      ...['--setting-sources', 'user', '--strict-mcp-config'],
    ],
    environment: {
      CLAUDE_CONFIG_DIR: join(homeFolder, '.claude'),
      ANTHROPIC_BASE_URL: upstream,
      ANTHROPIC_API_KEY: 'demo',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  };
}
