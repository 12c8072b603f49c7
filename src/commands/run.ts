/** Runs what was typed: finds the command, prints a `Failure` and sets the exit code. */
import { CommanderError } from 'commander';
import { Failure, messageOf } from '../errors.ts';
import { createProgram } from './program.ts';

export async function runCommandLine(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (thrown) {
    process.exitCode = report(thrown);
  }
}

/** The command that was typed, and a space; it is there, or commander would not have complained of its options. */
function commandWord(): string {
  const [, , word = ''] = process.argv;
  return /^[a-z]+$/.test(word) ? `${word} ` : '';
}

function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return 0;
    return report(new Failure(thrown.code, thrown.message.replace(/^error: /, ''), `Try: headroom ${commandWord()}--help`));
  }
  if (thrown instanceof Failure) {
    process.stderr.write(`headroom: ${thrown.message}\n${thrown.hint && `${thrown.hint}\n`}`);
    return thrown.exitCode;
  }
  process.stderr.write(`headroom: unexpected error: ${messageOf(thrown)}\n`);
  return 1;
}
