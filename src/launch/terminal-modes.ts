/** What an agent has switched on in the terminal and not off again, read from its output: what a killed one leaves to be repaired. */

/** Cursor on, mouse off, bracketed paste off, kitty keyboard popped, colours off. */
const RESET_MODES = '\x1b[?25h\x1b[?1000;1002;1003;1006l\x1b[?2004l\x1b[<u\x1b[0m';
/** Focus reports, pixel mouse and theme reports off, xterm's own key reports off. */
const RESET_REPORTS = '\x1b[?1004;1016;2031l\x1b[>4m';
/** Everything, for a terminal of which nothing is known. */
export const RESET_SEQUENCE = `${RESET_REPORTS}\x1b[?1049l${RESET_MODES}`;

const ALTERNATE_SCREENS = ['47', '1047', '1049'];
const REPORTS = ['1000', '1002', '1003', '1004', '1006', '1015', '1016', '2004', '2031'];
/** No sequence that counts here is longer. */
const LONGEST = 64;

export interface ScreenModes {
  readonly see: (bytes: Uint8Array) => void;
  /** Empty where nothing is left on. Leaving an alternate screen that is not there would move the cursor. */
  readonly reset: () => string;
}

export function watchModes(): ScreenModes {
  const on = new Set<string>();
  let tail = '';

  const see = (bytes: Uint8Array) => {
    const text = tail + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    // A sequence seen again in the tail says the same again.
    for (const [, lead, parameters = '', final] of text.matchAll(/\x1b\[([?<>])([\d;]*)([hlu])/g)) {
      if (final === 'u') setMode(on, 'keyboard', lead === '>');
      else if (lead === '?') for (const mode of parameters.split(';')) setMode(on, mode, (final === 'h') !== (mode === '25'));
    }
    tail = text.slice(Math.max(text.lastIndexOf('\x1b'), text.length - LONGEST));
  };
  const reset = () => {
    if (ALTERNATE_SCREENS.some((mode) => on.has(mode))) return RESET_SEQUENCE;
    return ['25', 'keyboard', ...REPORTS].some((mode) => on.has(mode)) ? RESET_REPORTS + RESET_MODES : '';
  };
  return { see, reset };
}

function setMode(on: Set<string>, mode: string, isOn: boolean): void {
  if (isOn) on.add(mode);
  else on.delete(mode);
}
