/** Finds past conversations on the disk and reads them, one file at a time. What it cannot read it tells. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { messageOf } from '../errors.ts';
import { isClaudeTranscript, readClaudeTranscript } from './claude-transcript.ts';
import { isCodexTranscript, readCodexTranscript } from './codex-transcript.ts';
import { readNormalTranscript } from './normal-transcript.ts';
import type { Transcript } from './transcript.ts';

/** Where agents keep their conversations, whether they are there or not. */
export function usualFolders(homeFolder: string, environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return [
    join(environment.CLAUDE_CONFIG_DIR || join(homeFolder, '.claude'), 'projects'),
    join(environment.CODEX_HOME || join(homeFolder, '.codex'), 'sessions'),
  ];
}

export interface FoundFiles {
  readonly files: readonly string[];
  /** One line for each path that could not be looked into. */
  readonly errors: readonly string[];
}

/** Every `.jsonl` and `.json` file at or below the paths. */
export function findTranscripts(paths: readonly string[]): FoundFiles {
  return findFiles(paths, (name) => ['.jsonl', '.json'].includes(extname(name)));
}

/** Every file at or below the paths whose name is wanted, in the order of names; paths that are files are wanted. Links are not followed. */
export function findFiles(paths: readonly string[], isWanted: (name: string) => boolean): FoundFiles {
  const files: string[] = [];
  const errors: string[] = [];
  const look = (path: string, isFile: boolean): void => {
    if (isFile) {
      files.push(path);
      return;
    }
    try {
      for (const entry of readdirSync(path, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1))) {
        if (entry.isDirectory()) look(join(path, entry.name), false);
        else if (entry.isFile() && isWanted(entry.name)) look(join(path, entry.name), true);
      }
    } catch (thrown) {
      errors.push(messageOf(thrown));
    }
  };
  for (const path of paths) {
    try {
      look(path, statSync(path).isFile());
    } catch (thrown) {
      errors.push(messageOf(thrown));
    }
  }
  return { files, errors };
}

/** The conversations of a file; none where it is no transcript. Throws where it cannot be read. */
export function readTranscripts(file: string): Transcript[] {
  const text = readFileSync(file, 'utf8');
  const name = basename(file);
  if (isCodexTranscript(text)) return readCodexTranscript(text, name);
  if (extname(file) === '.jsonl') return isClaudeTranscript(text) ? readClaudeTranscript(text, name) : [];
  try {
    return readNormalTranscript(JSON.parse(text), name);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return [];
    throw thrown;
  }
}
