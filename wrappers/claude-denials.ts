/** Permission rules of Claude Code that stand above the one by which it reads our originals: those that deny, or ask. Pure functions. */
import createIgnore from 'ignore';
import type { KnownFile, Situation } from '../src/launch/wrapper.ts';
import { pathsOf } from './paths.ts';
import { readSettings, settingsAt } from './settings-json.ts';

type Place = Pick<Situation, 'files' | 'platform' | 'homeFolder' | 'workingFolder'>;

/** The first such rule for what lies in this folder, and its file: `Read(~/.cache/**) in /home/me/.claude/settings.json`. */
export function findDenial(place: Place, folder: string): string | undefined {
  const inside = pathsOf(place).join(folder, '0123456789abcdef');
  return place.files
    .map((file) =>
      rulesIn(file)
        .find((rule) => covers(rule, inside, file, place))
        ?.concat(` in ${file.path}`),
    )
    .find(Boolean);
}

function rulesIn({ text }: KnownFile): readonly string[] {
  const { deny, ask } = settingsAt(readSettings(text), 'permissions');
  return [deny, ask].flatMap((list) => (Array.isArray(list) ? list.filter((rule) => typeof rule === 'string') : []));
}

/** A pattern is one of gitignore; its beginning says which folder it is meant from. */
function covers(rule: string, path: string, file: KnownFile, { platform, homeFolder, workingFolder }: Place): boolean {
  const [, pattern] = /^Read(?:\((.*)\))?$/.exec(rule) ?? [];
  if (pattern === undefined) return rule === 'Read';
  if (pattern === '' || pattern === '*') return true;
  const { relative, dirname, parse } = pathsOf({ platform });
  const [base, rest] = pattern.startsWith('//')
    ? [parse(path).root, pattern.slice(1)]
    : pattern.startsWith('~/')
      ? [homeFolder, pattern.slice(1)]
      : [pattern.startsWith('/') ? dirname(file.path) : workingFolder, pattern];
  const below = relative(base, path).replaceAll('\\', '/');
  const drive = platform === 'win32' && pattern.startsWith('//') ? `${path[0]?.toLowerCase()}/` : '';
  return (
    createIgnore.isPathValid(drive + below) &&
    createIgnore()
      .add(rest.replace(/^\.\//, '/'))
      .ignores(drive + below)
  );
}
