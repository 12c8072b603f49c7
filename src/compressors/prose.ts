/**
 * Long text that was fetched from the web to be read: pages that a tool turned into Markdown, and results of searches. Excerpts only, by whole
 * lines. Never files, never instructions, never what another agent wrote.
 */
import type { ToolCall } from '../block.ts';
import { linesOf } from '../text/lines-of.ts';
import { fetchesPage } from '../text/page-request.ts';
import type { Compressor } from './compressor.ts';
import { findTop } from './prose/prose-page.ts';
import { keepResults } from './prose/prose-results.ts';

const searching = /^(?:web_?search|search_?web|google_?search|brave_web_search|tavily_?search|exa_?search|web_search_exa|search)$/i;
const instructions =
  /(?:CLAUDE|AGENTS|GEMINI|SKILL|README|CONTRIBUTING|copilot-instructions|llms(?:-full)?)\.(?:md|mdx|txt)\b|\.mdc\b|\/(?:skills|rules)\//i;

export const prose: Compressor = {
  kind: 'prose',
  lever: 'prose',
  claim: ({ text, call }) => {
    if (instructions.test(JSON.stringify(call?.input ?? '')) || /^\s*[[{<]/.test(text)) return 0;
    return queryOf(call) !== undefined || fetchesPage(call) ? 0.6 : 0;
  },
  shrink: () => undefined,
  excerpt: ({ text, call, asked }) => {
    const lines = linesOf(text);
    const query = queryOf(call);
    if (query !== undefined) {
      const keeps = keepResults(lines, `${query} ${asked ?? ''}`);
      return keeps && { keeps, tell: () => 'more of this result' };
    }
    const top = findTop(lines);
    return top && { keeps: top.keeps, tell: (from, until) => `links above the page, ${sum(top.links.slice(from, until))} links` };
  },
};

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

/** What a web search was asked for. */
function queryOf(call: ToolCall | undefined): string | undefined {
  const tool = call?.tool.split('__').at(-1) ?? '';
  if (!searching.test(tool) || typeof call?.input !== 'object' || call.input === null) return undefined;
  const query = (call.input as Record<string, unknown>).query ?? (call.input as Record<string, unknown>).q;
  return typeof query === 'string' ? query : undefined;
}
