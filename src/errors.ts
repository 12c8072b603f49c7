/**
 * The one error that a person meets: what happened, and what to do about it. Thrown anywhere, printed once, in `cli.ts`.
 * Nothing in the pipeline throws it: there an exception is a skip with a reason on the record.
 */
export class Failure extends Error {
  /** A short fixed word for scripts and tests, such as `agent-missing`. */
  readonly code: string;
  /** What the person can do now, one line; empty where there is nothing to do. */
  readonly hint: string;
  /** The exit code of the process: 2, or 127 for a command that does not exist. */
  readonly exitCode: number;

  constructor(code: string, message: string, hint = '', exitCode = 2) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** The message of anything that was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.split('\n', 1)[0] ?? '';
}
