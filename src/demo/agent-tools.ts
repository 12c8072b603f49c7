/** The tools of the demo's agent. They really run in its folder, and all but the one that runs tests only read. */
import { join, relative, resolve, sep } from 'node:path';
import { readCommits } from './agent-git.ts';
import { runTests, testLimits } from './agent-tests.ts';
import { listTextFiles, readLines, sizeOf } from './look-around.ts';

export interface AgentTool {
  readonly name: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, 'string' | 'number'>>;
  run(input: Readonly<Record<string, unknown>>, folder: string): string | Promise<string>;
}

export const agentTools: readonly AgentTool[] = [
  {
    name: 'List',
    description: 'Lists the text files below a folder.',
    properties: { path: 'string' },
    run: ({ path }, folder) => {
      const place = inside(folder, path);
      const files = listTextFiles(place).map((file) => fromFolder(folder, join(place, file)));
      return say(files, 300, 'files');
    },
  },
  {
    name: 'Grep',
    description: 'Finds lines that contain a word in a file or below a folder.',
    properties: { pattern: 'string', path: 'string' },
    run: ({ pattern, path }, folder) => {
      const place = inside(folder, path);
      const below = listTextFiles(place).map((file) => join(place, file));
      const files = (below.length > 0 ? below : [place]).filter((file) => sizeOf(file) <= 262_144);
      const hits = files.slice(0, 500).flatMap((file) => findHits(file, fromFolder(folder, file), String(pattern)));
      return say(hits, 80, 'hits');
    },
  },
  {
    name: 'Read',
    description: 'Shows a file, or a part of it, with line numbers.',
    properties: { file_path: 'string', offset: 'number', limit: 'number' },
    run: ({ file_path: path, offset = 1, limit = 2000 }, folder) => {
      const lines = readLines(inside(folder, path));
      if (!lines) return `${String(path)} cannot be read as text.`;
      const first = Math.max(1, Number(offset));
      const shown = lines.slice(first - 1, first - 1 + Number(limit));
      return shown.map((line, index) => `${first + index}\t${line}`).join('\n');
    },
  },
  {
    name: 'Log',
    description: 'Shows the last commits.',
    properties: { count: 'number' },
    run: ({ count }, folder) => readCommits(folder, Number(count)),
  },
];

/** Only for who asked for it. What the model asks for does not matter: it is always the one command. */
export function testTool(command: string, say: (line: string) => void): AgentTool {
  return {
    name: 'Test',
    description: 'Runs the tests.',
    properties: { command: 'string' },
    run: async (_, folder) => {
      say(`running ${command}, for ${testLimits.seconds} s at most`);
      return runTests(command, folder);
    },
  };
}

function findHits(file: string, name: string, word: string): readonly string[] {
  return (readLines(file) ?? []).flatMap((line, index) => (line.includes(word) ? [`${name}:${index + 1}:${line.slice(0, 300)}`] : []));
}

function say(lines: readonly string[], most: number, what: string): string {
  if (lines.length === 0) return `No ${what}.`;
  const more = lines.length > most ? [`(${lines.length - most} more ${what})`] : [];
  return [...lines.slice(0, most), ...more].join('\n');
}

/** The place that a call names; whatever it names, never one outside the folder. */
function inside(folder: string, path: unknown): string {
  const place = resolve(folder, String(path));
  return place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? place : folder;
}

function fromFolder(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, '/');
}
