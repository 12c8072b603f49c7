/** A terminal with a person at it: one tmux server of our own on a socket of our own, one window. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from './processes.ts';

export interface Screen {
  /** What is shown now, history included, empty lines left out. */
  text(): string;
  /** Types a line and presses Enter. */
  type(line: string): Promise<void>;
  press(key: string): void;
  /** The process that the window started. */
  pid(): number;
  waitForText(pattern: RegExp, seconds: number): Promise<boolean>;
  close(): void;
}

export interface ScreenOptions {
  readonly command: string;
  readonly folder: string;
  /** The whole environment of what runs inside. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where tmux keeps its socket. */
  readonly socketFolder: string;
}

export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function openScreen({ command, folder, environment, socketFolder }: ScreenOptions): Screen {
  const socket = join(socketFolder, 'screen');
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  tmux('new-session', '-d', '-x', '140', '-y', '120', '-c', folder, command);
  tmux('set-option', '-g', 'remain-on-exit', 'on');
  const screen: Screen = {
    text: () => tmux('capture-pane', '-p', '-S', '-').replace(/\n\s*\n/g, '\n'),
    async type(line) {
      tmux('send-keys', '-l', line);
      // Enter must not reach the agent in one read with the line: that would be a paste.
      await waitFor(() => screen.text().includes(line), 10);
      tmux('send-keys', 'Enter');
    },
    press: (key) => void tmux('send-keys', key),
    pid: () => Number(tmux('display-message', '-p', '#{pane_pid}')),
    waitForText: (pattern, seconds) => waitFor(() => pattern.test(screen.text()), seconds),
    close() {
      try {
        tmux('kill-server');
      } catch {
        // It ended with its window.
      }
    },
  };
  return screen;
}
