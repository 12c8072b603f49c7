/** Tells a process from a later one with the same number, by when it began. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When our own process began, in the terms of this platform: `ticks.boot` on Linux, seconds elsewhere. */
export function ownStart(platform: NodeJS.Platform): string {
  return (platform === 'linux' ? linuxStart('self') : undefined) ?? String(Math.round(performance.timeOrigin / 1000));
}

/** Whether the process with this number began at `start`. Where that cannot be told, a process that is there counts as the same. */
export async function isRunning(pid: number, start: string, platform: NodeJS.Platform): Promise<boolean> {
  if (!isThere(pid)) return false;
  if (start.includes('.')) {
    const now = linuxStart(String(pid));
    return now === undefined || now === start;
  }
  const began = await askForStart(pid, platform);
  // Both clocks were read when that process began, so a clock set since then changes nothing.
  return began === undefined || Math.abs(began - Number(start)) <= 3;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // Somebody else's process: there, but not ours to signal, and so not ours at all once the start is compared.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function linuxStart(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in the second field may hold anything, brackets too; what follows its last bracket is plain. Field 22 is the start.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
    return ticks && `${ticks}.${boot}`;
  } catch {
    return undefined;
  }
}

/** Seconds since the epoch, from the system's own tools. */
function askForStart(pid: number, platform: NodeJS.Platform): Promise<number | undefined> {
  const question =
    platform === 'win32'
      ? {
          command: 'powershell.exe',
          args: ['-NoProfile', '-NonInteractive', '-Command', `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('R')`],
        }
      : { command: '/bin/ps', args: ['-o', 'lstart=', '-p', String(pid)], env: { LC_ALL: 'C', TZ: 'UTC' } };
  const options = { timeout: 5000, windowsHide: true, ...(question.env ? { env: question.env } : {}) };
  return new Promise((resolve) => {
    execFile(question.command, question.args, options, (error, stdout) => {
      const answer = stdout.trim();
      const time = error ? Number.NaN : Date.parse(/GMT$/.test(answer) ? answer : `${answer} UTC`);
      resolve(Number.isNaN(time) ? undefined : Math.round(time / 1000));
    });
  });
}
