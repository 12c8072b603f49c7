/**
 * Opens the page in the user's browser. The secret address is on no command line, where other users of the machine could read it: the
 * browser is given a file of the user's own that leads there and is soon gone.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OpenedPage {
  /** Takes the file away. */
  remove(): void;
}

/** Long enough for a browser that has yet to start. */
const fileLives = 60_000;

/** Undefined where there is no desktop to open it on. */
export function openPage(
  address: string,
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): OpenedPage | undefined {
  const opener = openerOf(platform, environment);
  if (!opener) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'headroom-page-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const file = join(folder, 'open.html');
  writeFileSync(file, `<!doctype html><title>Headroom</title><meta http-equiv="refresh" content="0; url=${address}">\n`, { mode: 0o600 });
  const [command = '', ...args] = opener;
  // Whether it opens or not, the address stands in the terminal.
  spawn(command, [...args, file], { stdio: 'ignore', detached: true, windowsHide: true })
    .on('error', remove)
    .unref();
  setTimeout(remove, fileLives).unref();
  return { remove };
}

function openerOf(platform: NodeJS.Platform, environment: Readonly<Record<string, string | undefined>>): readonly string[] | undefined {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}
