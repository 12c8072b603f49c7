/** Paths in a Claude Code settings file that mean something only beside that file, made to mean the same anywhere. */
import { pathsOf } from './paths.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Settings whose file stood in `folder`, for a file elsewhere: in a permission rule such as `Read(/secrets/**)` the leading slash is that
 * folder. A deny rule must not lose its meaning by being moved. Settings given as text have no folder and stay as they are.
 */
export function anchorRules(settings: Json, folder: string | undefined, platform: NodeJS.Platform): Json {
  if (folder === undefined) return settings;
  const root = escapePattern(slashed(folder, platform));
  const anchorRule = (rule: string) => rule.replace(fileRule, (_all, tool: string) => `${tool}(/${root}/`);
  const { join, isAbsolute } = pathsOf({ platform });
  const anchorPath = (path: string) => (isAbsolute(path) || path.startsWith('~') ? path : join(folder, path));
  const permissions = mapLists(settings.permissions, ['allow', 'ask', 'deny'], anchorRule);
  const sandbox = isRecord(settings.sandbox) ? settings.sandbox : undefined;
  const filesystem = mapLists(sandbox?.filesystem, ['allowRead', 'allowWrite', 'denyRead', 'denyWrite'], anchorPath);
  return {
    ...settings,
    ...(permissions === undefined ? {} : { permissions }),
    ...(sandbox && filesystem !== undefined ? { sandbox: { ...sandbox, filesystem } } : {}),
  };
}

/** Lets the agent read everything below a folder without asking, with its file tools and by shell commands that only read. */
export function readRule(folder: string, platform: NodeJS.Platform): string {
  return `Read(/${escapePattern(slashed(folder, platform))}/**)`;
}

/** Settings with one more rule among those that allow. What Claude would not take for permissions stays as it is, for Claude to say so. */
export function addRule(settings: Json, rule: string): Json {
  const { permissions = {} } = settings;
  if (!isRecord(permissions)) return settings;
  const { allow = [] } = permissions;
  return Array.isArray(allow) ? { ...settings, permissions: { ...permissions, allow: [...allow, rule] } } : settings;
}

// One slash: from the settings file's folder. Two: from the root. Rules of other tools hold commands and hosts.
const fileRule = /^(Read|Edit|Write|MultiEdit|NotebookEdit|NotebookRead|Glob|Grep|LS)\(\/(?!\/)/;

function mapLists(value: unknown, names: readonly string[], change: (text: string) => string): unknown {
  if (!isRecord(value)) return value;
  const lists = names.flatMap((name) => {
    const list = value[name];
    return Array.isArray(list) ? [[name, list.map((item: unknown) => (typeof item === 'string' ? change(item) : item))]] : [];
  });
  return { ...value, ...Object.fromEntries(lists) };
}

/** `C:\Users\me` is `/c/Users/me` in Claude's rules; no slash at the end. */
function slashed(folder: string, platform: NodeJS.Platform): string {
  const path =
    platform === 'win32'
      ? folder.replace(/^([A-Za-z]):/, (_all, drive: string) => `/${drive.toLowerCase()}`).replaceAll('\\', '/')
      : folder;
  return path.replace(/\/+$/, '');
}

function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&');
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
