/** Plans of any wrapper for a made-up machine. */
import type { Plan, Situation, Wrapper } from '../../src/launch/wrapper.ts';

export const proxyAddress = 'http://127.0.0.1:4711/00112233445566778899aabbccddeeff';
export const toolServer = { command: '/node', args: ['cli.js', 'mcp'], environment: { A: '1' } };

export interface Given extends Partial<Omit<Situation, 'files' | 'args'>> {
  /** Text by path, or what it says as JSON; the rest of what the wrapper asks for is not there. */
  readonly files?: Readonly<Record<string, string | object>>;
}

export function planFor(wrapper: Wrapper, args: readonly string[], { files = {}, ...given }: Given = {}): Plan {
  const place = {
    ...{ args, environment: {}, platform: 'linux' as NodeJS.Platform, homeFolder: '/home/me' },
    ...{ workingFolder: '/repo/sub', projectFolder: '/repo' },
    ...given,
  };
  const text = (path: string) => (typeof files[path] === 'object' ? JSON.stringify(files[path]) : files[path]);
  const known = wrapper.readsFiles(place).map((path) => ({ path, text: text(path) }));
  return wrapper.plan({ ...place, privateFolder: '/private', proxyAddress, files: known });
}

/** What a private file says, where it is JSON. */
export function fileOf(plan: Plan, at = 0): unknown {
  return JSON.parse(plan.files[at]?.text ?? 'null');
}
