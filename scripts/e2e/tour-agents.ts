/** The agents that are taken on the tour beside Claude Code, Codex and aider, which have parts of their own. */
import type { TourAgent } from './tour-agent.ts';

export const tourAgents: readonly TourAgent[] = [
  {
    ...{ name: 'opencode', title: 'opencode', package: 'opencode-ai', version: '1.18.33', command: 'opencode' },
    isUsual: true,
    opensFiles: true,
    hasServer: true,
    retries: [503],
    terminal: {
      args: ['-m', 'anthropic/claude-sonnet-4-5'],
      ready: /Ask anything|ctrl\+p|AGENT-EXIT=/i,
      quit: async (screen) => screen.type('/exit'),
    },
    setUp({ write, upstream, server, prompt }) {
      const settings = {
        provider: { anthropic: { options: { baseURL: `${upstream}/v1` } } },
        mcp: { lab: { type: 'local', command: [server.command, ...server.args], enabled: true } },
        autoupdate: false,
      };
      write('.config/opencode/opencode.json', JSON.stringify(settings));
      return {
        args: ['run', '-m', 'anthropic/claude-sonnet-4-5', prompt],
        environment: { ANTHROPIC_API_KEY: 'dummy' },
      };
    },
  },
  {
    ...{ name: 'gemini', title: 'Gemini CLI', package: '@google/gemini-cli', version: '0.61.0', command: 'gemini' },
    isUsual: true,
    hasServer: true,
    retries: [503],
    terminal: {
      args: ['--yolo', '--skip-trust', '-m', 'gemini-2.5-pro'],
      ready: /Type your message|AGENT-EXIT=/,
      quit: async (screen) => screen.type('/quit'),
    },
    setUp({ write, upstream, server, prompt }) {
      const settings = {
        security: { auth: { selectedType: 'gemini-api-key' } },
        mcpServers: { lab: { ...server, trust: true } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      };
      write('.gemini/settings.json', JSON.stringify(settings));
      return {
        args: ['-p', prompt, '--yolo', '--skip-trust', '-m', 'gemini-2.5-pro'],
        environment: { GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: upstream },
      };
    },
  },
  {
    ...{ name: 'kilo', title: 'Kilo', package: '@kilocode/cli', version: '7.7.7', command: 'kilo' },
    opensFiles: true,
    hasServer: true,
    retries: [503],
    setUp({ write, upstream, server, prompt }) {
      const settings = {
        provider: { anthropic: { options: { baseURL: `${upstream}/v1` } } },
        mcp: { lab: { type: 'local', command: [server.command, ...server.args], enabled: true } },
        autoupdate: false,
      };
      write('.config/kilo/kilo.jsonc', `// mine\n${JSON.stringify(settings)}`);
      return { args: ['run', '--auto', '-m', 'anthropic/claude-sonnet-4-5', prompt], environment: { ANTHROPIC_API_KEY: 'dummy' } };
    },
  },
  {
    ...{ name: 'copilot', title: 'Copilot CLI', package: '@github/copilot', version: '1.0.102', command: 'copilot' },
    hasServer: true,
    retries: [503],
    setUp({ write, upstream, server, prompt }) {
      write('.copilot/mcp-config.json', JSON.stringify({ mcpServers: { lab: { type: 'local', ...server, tools: ['*'] } } }));
      return {
        args: ['-p', prompt, '--allow-all-tools', '--no-auto-update'],
        environment: {
          ...{ COPILOT_PROVIDER_BASE_URL: `${upstream}/v1`, COPILOT_PROVIDER_API_KEY: 'dummy', COPILOT_MODEL: 'gpt-4.1' },
          ...{ COPILOT_OFFLINE: 'true' },
        },
      };
    },
  },
  {
    ...{ name: 'qwen', title: 'Qwen Code', package: '@qwen-code/qwen-code', version: '0.24.4', command: 'qwen' },
    node: 24,
    hasServer: true,
    retries: [503],
    // Now and then it reads nothing of a command that ends at once, with and without us.
    losesOutput: /^Output: \(empty\)$/m,
    setUp({ write, upstream, server, prompt }) {
      const settings = {
        security: { auth: { selectedType: 'openai' } },
        modelProviders: { openai: [{ id: 'qwen3-coder-plus', name: 'Qwen', baseUrl: `${upstream}/v1`, envKey: 'OPENAI_API_KEY' }] },
        model: { name: 'qwen3-coder-plus' },
        mcpServers: { lab: { ...server, trust: true } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      };
      write('.qwen/settings.json', JSON.stringify(settings));
      return { args: [prompt, '--yolo'], environment: { OPENAI_API_KEY: 'dummy' } };
    },
  },
  {
    // The newest one whose parts are all on the registry.
    ...{ name: 'pi', title: 'pi', package: '@earendil-works/pi-coding-agent', version: '0.74.2', command: 'pi' },
    opensFiles: true,
    hasServer: false,
    retries: [503],
    setUp({ write, upstream, prompt }) {
      write('.pi/agent/models.json', JSON.stringify({ providers: { anthropic: { baseUrl: upstream } } }));
      return {
        args: ['-p', '--offline', '--model', 'anthropic/claude-sonnet-4-5', prompt],
        environment: { ANTHROPIC_API_KEY: 'dummy', PI_OFFLINE: '1' },
      };
    },
  },
  {
    ...{ name: 'cn', title: 'Continue', package: '@continuedev/cli', version: '1.5.47', command: 'cn' },
    hasServer: true,
    setUp({ write, upstream, server, prompt }) {
      const lines = [
        ...['name: Mine', 'version: 1.0.0', 'schema: v1', 'models:', '  - name: Claude # the usual one', '    provider: anthropic'],
        ...['    model: claude-sonnet-4-5', '    apiKey: dummy', `    apiBase: "${upstream}/v1/"`, '    roles: [chat]'],
        ...['mcpServers:', '  - name: lab', `    command: ${server.command}`, `    args: ${JSON.stringify(server.args)}`, ''],
      ];
      write('.continue/config.yaml', lines.join('\n'));
      return { args: ['-p', '--auto', prompt], environment: { CONTINUE_TELEMETRY_ENABLED: '0' } };
    },
  },
  {
    ...{ name: 'cline', title: 'Cline', package: 'cline', version: '3.0.65', command: 'cline' },
    hasServer: true,
    retries: [503],
    // Else a bare run starts a hub beside itself, which stays and has files of its own, and keeps a log.
    bareEnvironment: { CLINE_SESSION_BACKEND_MODE: 'local', CLINE_LOG_PATH: '/dev/null' },
    setUp({ write, upstream, server, prompt }) {
      const settings = { provider: 'anthropic', apiKey: 'dummy', model: 'claude-sonnet-4-5', baseUrl: `${upstream}/v1` };
      const entry = { settings, updatedAt: '2026-01-02T03:04:05.000Z', tokenSource: 'manual' };
      const own = { version: 1, lastUsedProvider: 'anthropic', modes: {}, providers: { anthropic: entry } };
      write('.cline/data/settings/providers.json', JSON.stringify(own));
      write(
        '.cline/data/settings/cline_mcp_settings.json',
        JSON.stringify({ mcpServers: { lab: { transport: { type: 'stdio', ...server } } } }),
      );
      return { args: [prompt], environment: { CLINE_NO_AUTO_UPDATE: '1' } };
    },
  },
];
