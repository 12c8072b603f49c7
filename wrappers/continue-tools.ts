/** Our MCP server in a `config.yaml` of Continue, by its lines: all else in the file stays as it is. A pure function. */
import type { Situation } from '../src/launch/wrapper.ts';

/** Undefined where its servers are no list, one item below the other. */
export function addServer(text: string, { command, args, environment }: NonNullable<Situation['toolServer']>): string | undefined {
  const lines = text.split(/\r?\n/);
  const head = lines.findIndex((line) => /^mcpServers:/.test(line));
  const below = lines.slice(head + 1).find((line) => line.trim() !== '' && !/^\s*#/.test(line)) ?? '';
  const isList = /^mcpServers:\s*(?:#.*)?$/.test(lines[head] ?? '') && /^ *- /.test(below);
  if (head >= 0 && !isList) return undefined;
  const indent = head < 0 ? '  ' : ' '.repeat(below.indexOf('-'));
  // What is JSON is YAML too.
  const fields = { name: 'headroom', command, args, env: environment };
  const item = Object.entries(fields).map(([name, value], at) => `${indent}${at === 0 ? '-' : ' '} ${name}: ${JSON.stringify(value)}`);
  if (head < 0) return [...lines, 'mcpServers:', ...item, ''].join('\n');
  return lines.toSpliced(head + 1, 0, ...item).join('\n');
}
