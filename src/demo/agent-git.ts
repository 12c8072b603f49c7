/** Asks git for the last commits. Nothing that the repository configures is run for it, and nothing is fetched or written. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { messageOf } from '../errors.ts';

export function readCommits(folder: string, count: number): Promise<string> {
  const settings = ['core.fsmonitor=false', 'log.showSignature=false', 'log.mailmap=false', 'core.alternateRefsCommand='];
  const args = ['-C', folder, '--no-pager', '--no-optional-locks', ...settings.flatMap((each) => ['-c', each])];
  // Windows looks for a program in the working folder first: that must not be the user's.
  const options = { cwd: dirname(process.execPath), timeout: 10_000, maxBuffer: 4_194_304, windowsHide: true };
  return new Promise((resolve) => {
    execFile('git', [...args, 'log', '--no-color', '--no-show-signature', '-n', `${count}`], options, (error, stdout) => {
      resolve(error && stdout === '' ? `git log: ${messageOf(error).split('\n')[0]}` : stdout.trimEnd());
    });
  });
}
