/** JSON settings as agents read them: with comments and commas too many, and laid over each other. Pure functions. */

export type Settings = Readonly<Record<string, unknown>>;

/** Undefined where the text is no object; the agent will say so itself. */
export function readSettings(text: string | undefined): Settings | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(plainJson(text));
    return isSettings(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Objects are laid over each other member by member; everything else replaces what was there. */
export function layOver(below: Settings, above: Settings): Settings {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const known = Object.hasOwn(merged, name) ? merged[name] : undefined;
    const next = isSettings(known) && isSettings(value) ? layOver(known, value) : value;
    Object.defineProperty(merged, name, { value: next, enumerable: true, writable: true, configurable: true });
  }
  return merged;
}

/** The value at the end of these names, where every one before it is an object. */
export function valueAt(settings: Settings | undefined, ...names: readonly string[]): unknown {
  let value: unknown = settings;
  for (const name of names) value = isSettings(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

export function settingsAt(settings: Settings | undefined, ...names: readonly string[]): Settings {
  const value = valueAt(settings, ...names);
  return isSettings(value) ? value : {};
}

export function textAt(settings: Settings | undefined, ...names: readonly string[]): string | undefined {
  const value = valueAt(settings, ...names);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

export function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without comments, and without commas before a closing bracket; what stands in strings stays. */
function plainJson(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string?: string) => string ?? '')
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string?: string) => string ?? '');
}
