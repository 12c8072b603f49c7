/** A group's member by name, made where there is none yet. Names come from outside: `constructor` is one as well. */
export function groupMember<T>(group: Record<string, T>, name: string, make: () => T): T {
  if (!Object.hasOwn(group, name)) group[name] = make();
  return group[name] as T;
}
