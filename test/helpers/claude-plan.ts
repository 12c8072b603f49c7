/** Plans of the claude wrapper for a made-up machine. */
import type { KnownFile, Plan, Situation } from '../../src/launch/wrapper.ts';
import { claude } from '../../wrappers/claude.ts';

export const proxyAddress = 'http://127.0.0.1:4711/00112233445566778899aabbccddeeff';
export const gateway = 'https://gateway.example/llm';

export interface Given extends Partial<Omit<Situation, 'files'>> {
  /** Text by path; the rest of what the wrapper asks for is not there. */
  readonly files?: Readonly<Record<string, string | object>>;
}

export function plan(args: readonly string[], { files = {}, ...given }: Given = {}): Plan {
  const place = {
    ...{ args, environment: {}, platform: 'linux' as NodeJS.Platform, homeFolder: '/home/me' },
    ...{ workingFolder: '/repo/sub', projectFolder: '/repo' },
    ...given,
  };
  const text = (path: string) => (typeof files[path] === 'object' ? JSON.stringify(files[path]) : files[path]);
  const known = claude.readsFiles(place).flatMap((path): KnownFile[] => {
    if (!path.endsWith('*.json')) return [{ path, text: text(path) }];
    const folder = path.slice(0, -'*.json'.length);
    return Object.keys(files)
      .filter((name) => name.startsWith(folder))
      .sort()
      .map((name) => ({ path: name, text: text(name) }));
  });
  return claude.plan({ ...place, privateFolder: '/private', proxyAddress, files: known });
}

export const base = (url: string, extra: object = {}) => ({ env: { ANTHROPIC_BASE_URL: url, ...extra } });
export const written = (made: Plan) => JSON.parse(made.files[0]?.text ?? '{}') as { env: Record<string, string>; [key: string]: unknown };
