/** Runs a command of an agent's own to its end, such as `claude mcp add`: nothing is typed to it, and what it prints is read, not shown. */
import { messageOf } from '../errors.ts';

export interface OwnCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

const mostSeconds = 60;

/** Undefined where it went well, else what it said, in one line. */
export async function runOwnCommand({ program, args, environment, cwd }: OwnCommand): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { failed, exitCode, stderr, stdout, timedOut, ...rest } = await execa(program, args, {
    ...{ cwd, env: environment, extendEnv: false, stdin: 'ignore', reject: false, timeout: mostSeconds * 1000 },
  });
  if (!failed) return undefined;
  if (timedOut) return `it did not end within ${mostSeconds} seconds`;
  const said = [stderr, stdout].flatMap((text) => text.split('\n')).find((line) => line.trim() !== '');
  return said?.trim().slice(0, 200) ?? (exitCode === undefined ? messageOf((rest as { cause?: unknown }).cause) : `exit code ${exitCode}`);
}
