/** What goes through the terminal: the same bytes as without us, both ways, and sizes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleLauncher, type LauncherBundle, programPath } from './helpers/launcher-bundle.ts';
import { type OuterTerminal, openTerminal, type TerminalOptions } from './helpers/outer-terminal.ts';

let launcher: LauncherBundle;
beforeAll(async () => {
  launcher = await bundleLauncher();
});
afterAll(() => launcher.remove());

const node = process.execPath;

/** Runs the same command bare and behind the launcher, in terminals set up alike, and gives both outputs. */
async function sideBySide(command: string[], drive: (terminal: OuterTerminal) => Promise<void>, setUp = '', options: TerminalOptions = {}) {
  const run = async (words: string[]) => {
    const terminal = openTerminal('sh', ['-c', `${setUp}\nexec "$@"`, 'sh', ...words], options);
    await drive(terminal);
    return { end: await terminal.ended, bytes: terminal.output().toString('latin1') };
  };
  return { bare: await run(command), wrapped: await run([node, launcher.file, 'pty', ...command]) };
}

const nothing = async () => {};

describe('output', () => {
  it.each(['cooked', 'raw', 'bare'])('is byte for byte that of a bare run for a %s agent', async (mode) => {
    const { bare, wrapped } = await sideBySide([node, programPath('print-every-byte.mjs'), mode], nothing);
    expect(wrapped).toEqual(bare);
    expect(bare.bytes).toContain(mode === 'bare' ? 'line\nline' : 'line\r\nline');
    expect(bare.bytes).toContain('\xff\xfe\xc3\x28\xe2\x82');
  });

  it('is the same in a terminal that knows UTF-8', async () => {
    const { bare, wrapped } = await sideBySide([node, programPath('print-every-byte.mjs'), 'cooked'], nothing, 'stty iutf8');
    expect(wrapped).toEqual(bare);
  });

  it('has nothing of ours in it', async () => {
    const terminal = openTerminal(node, [launcher.file, 'pty', 'true']);
    await terminal.ended;
    expect(terminal.text()).toBe('');
  });
});

describe('input', () => {
  const bytes = Buffer.from([...Array.from({ length: 256 }, (_, value) => value)].filter((value) => value !== 0x71));

  it('reaches a raw agent as it was typed, every value and invalid UTF-8', async () => {
    const { bare, wrapped } = await sideBySide([node, programPath('print-input.mjs')], async (terminal) => {
      await terminal.waitFor('ready');
      terminal.type(bytes);
      await terminal.waitFor('ff>');
      terminal.type(Buffer.from([0xc3, 0x28, 0xff, 0xe2, 0x82]));
      await terminal.waitFor('c328ffe282');
      terminal.type('q');
    });
    expect(wrapped).toEqual(bare);
    expect(wrapped.bytes.replaceAll('><', '')).toContain(`<${bytes.toString('hex')}`);
  });

  it.each(['', 'stty iutf8'])('is edited and echoed by the kernel as without us for a cooked agent (%s)', async (setUp) => {
    const drive = async (terminal: OuterTerminal) => {
      await terminal.waitFor('ready');
      terminal.type(Buffer.from('wrong\x15h\xe9\x7fhé✓\x7fllo\x01\r'));
      await terminal.waitFor('0a>');
      terminal.type('q\r');
    };
    const { bare, wrapped } = await sideBySide([node, programPath('print-input.mjs'), 'cooked'], drive, setUp);
    expect(wrapped).toEqual(bare);
  });

  it('is interrupted by Ctrl-C where the kernel does that', async () => {
    const { bare, wrapped } = await sideBySide([node, programPath('print-input.mjs'), 'cooked'], async (terminal) => {
      await terminal.waitFor('ready');
      terminal.type('\x03');
    });
    expect(bare.end).toEqual({ code: undefined, signal: 'SIGINT' });
    expect(wrapped.end).toEqual({ code: 130, signal: undefined });
    expect(wrapped.bytes.startsWith(bare.bytes)).toBe(true);
  });

  it('keeps Ctrl-C, Ctrl-Z, Ctrl-\\, Ctrl-S and Ctrl-D as bytes for a raw agent', async () => {
    const terminal = openTerminal(node, [launcher.file, 'pty', node, programPath('print-input.mjs')]);
    await terminal.waitFor('ready');
    terminal.type('\x03\x1a\x1c\x13\x11\x04\x16\x0f');
    await terminal.waitFor('0f>');
    expect(terminal.text().replaceAll('><', '')).toContain('031a1c131104160f');
    terminal.type('q');
    expect(await terminal.ended).toEqual({ code: 0, signal: undefined });
  });

  it('comes whole when a megabyte is pasted', async () => {
    const terminal = openTerminal(node, [launcher.file, 'pty', node, programPath('print-input.mjs')]);
    await terminal.waitFor('ready');
    const paste = Buffer.alloc(1 << 20, 'pasted text with \xe9 and more ', 'latin1');
    terminal.type(paste);
    terminal.type('q');
    await terminal.ended;
    expect(terminal.text().replace('ready', '').replaceAll(/[<>]/g, '') === Buffer.concat([paste, Buffer.from('q')]).toString('hex')).toBe(
      true,
    );
  });
});

describe('size', () => {
  it('is the outer one at the start and after every change', async () => {
    const terminal = openTerminal(node, [launcher.file, 'pty', node, programPath('print-size.mjs')], { columns: 91, rows: 17 });
    const start = await terminal.waitFor('[91x17]');
    terminal.resize(120, 50);
    const wider = await terminal.waitFor('[120x50]', start);
    terminal.resize(33, 9);
    await terminal.waitFor('[33x9]', wider);
    terminal.type('q');
    expect(await terminal.ended).toEqual({ code: 0, signal: undefined });
  });
});

describe('environment', () => {
  it('is the one given, with TMUX, COLUMNS, LINES and the user’s spelling of the folder', async () => {
    const environment = { TMUX: '/x,1,0', TMUX_PANE: '%1', COLUMNS: '81', LINES: '25', STY: 's', 'npm_config_x.y': '1', EMPTY: '' };
    const { bare, wrapped } = await sideBySide(['env'], nothing, '', { environment });
    const lines = (text: string) => text.split('\r\n').sort();
    expect(lines(wrapped.bytes)).toEqual(lines(bare.bytes));
    expect(wrapped.bytes).toContain('TMUX=/x,1,0');
  });
});
