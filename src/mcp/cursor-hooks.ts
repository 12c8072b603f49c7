/** One hook of ours in Cursor's `hooks.json`, put there and taken out again; what else stands there stays, and comes back byte for byte. */
import { backupOf, type Change, editing, isMadeOf, readText } from './config-file.ts';
import { cutJson, EditError, putJson, readJson } from './edit-json.ts';

const keys = ['hooks', 'postToolUse'];

/** The file with our hook, which runs this command; undefined where it is there already. */
export function planHookPut(file: string, command: string): Change | undefined {
  const plan = () => {
    const before = readText(file);
    if (before !== undefined && ours(before).some((hook) => hook.command === command)) return undefined;
    const base = before === undefined || ours(before).length === 0 ? before : withoutHook(file, before);
    return { file, before, after: putHook(base, command), kept: { text: base } };
  };
  return editing(file, plan, wayOut);
}

/** The file as it was before us, or, where something else has changed, without our hook alone; undefined where there is none of ours. */
export function planHookCut(file: string): Change | undefined {
  const plan = () => {
    const before = readText(file);
    if (before === undefined || ours(before).length === 0) return undefined;
    return { file, before, after: withoutHook(file, before) };
  };
  return editing(file, plan, wayOut);
}

interface Hook {
  readonly command?: unknown;
}

const mark = ' cursor hook';
const wayOut = 'mend the file first';

function hooksIn(text: string): readonly Hook[] {
  const hooks = readJson(text, keys);
  if (hooks !== undefined && !Array.isArray(hooks)) throw new EditError('its hooks.postToolUse is no list');
  return hooks ?? [];
}

function ours(text: string): readonly { readonly command: string }[] {
  return hooksIn(text).filter((hook): hook is { command: string } => typeof hook.command === 'string' && hook.command.endsWith(mark));
}

function putHook(base: string | undefined, command: string): string {
  const hook = { command, matcher: '^MCP:', timeout: 20 };
  if (base === undefined || base.trim() === '') return `${JSON.stringify({ version: 1, hooks: { postToolUse: [hook] } }, undefined, 2)}\n`;
  if (readJson(base, ['version']) !== 1) throw new EditError('its version is not 1');
  return putJson(base, keys, [...hooksIn(base), hook]);
}

function withoutHook(file: string, text: string): string | undefined {
  const [{ command } = { command: '' }] = ours(text);
  const backup = readText(backupOf(file));
  if (backup === undefined && putHook(undefined, command) === text) return undefined;
  if (backup !== undefined && isMadeOf(text, backup, (base) => putHook(base, command))) return backup;
  const others = hooksIn(text).filter((hook) => !(typeof hook.command === 'string' && hook.command.endsWith(mark)));
  return others.length > 0 ? putJson(text, keys, others) : cutJson(text, keys, 1);
}
