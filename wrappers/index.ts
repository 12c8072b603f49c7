/** The agents we can launch, in the order that help shows them. */
import type { ListedWrapper } from '../src/launch/wrapper.ts';
import { aider } from './aider.ts';
import { claude } from './claude.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { cn } from './continue.ts';
import { copilot } from './copilot.ts';
import { crush } from './crush.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { goose } from './goose.ts';
import { kilo } from './kilo.ts';
import { opencode } from './opencode.ts';
import { pi } from './pi.ts';
import { qwen } from './qwen.ts';

export { wrapCommand } from './any-command.ts';
export { testedVersions } from './tested-versions.ts';

export const wrappers: readonly ListedWrapper[] = [
  claude,
  aider,
  codex,
  opencode,
  gemini,
  qwen,
  copilot,
  kilo,
  pi,
  cn,
  cline,
  crush,
  goose,
  cursor,
];

/** Agents that cannot be wrapped, by what people type, and why. */
export const refusals: Readonly<Record<string, { readonly title: string; readonly reason: string; readonly hint: string } | undefined>> = {
  amp: {
    title: 'Amp',
    reason: "its model is asked by Sourcegraph's own servers, and no address of a model can be set",
    hint: 'Its MCP tools can be ours: headroom mcp.',
  },
  auggie: {
    title: 'Auggie',
    reason: "its model is asked by Augment's own servers, and no address of a model can be set",
    hint: 'Its MCP tools can be ours: headroom mcp.',
  },
};
