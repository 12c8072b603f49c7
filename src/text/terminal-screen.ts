/** What a terminal would have shown of a text: colours taken off, overwritten lines as they ended. Gives up where it cannot be sure. */

const token = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Za-z]|\x1b[=>]|[\r\n\b\x1b]|[^\r\n\b\x1b]+/g;

const osc = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;
/** More different links than this are not looked up. */
const mostTargets = 50;

interface Screen {
  readonly lines: string[];
  row: number;
  column: number;
  /** Rows that were reached by moving up: there a line wider than a terminal would have been elsewhere. */
  movedUp: boolean;
  /** Link targets that stand in the text as well, and the text without its links, once it was needed. */
  readonly targets: Set<string>;
  plain: string | undefined;
}

/** Lines are wrapped at the terminal's width, which a text does not tell: this is the narrowest usual one. */
const narrowest = 80;

/** The text as shown, or undefined where a control is not understood (a full-screen program, an unknown sequence, a hidden link target). */
export function readScreen(text: string): string | undefined {
  const screen: Screen = { lines: [''], row: 0, column: 0, movedUp: false, targets: new Set(), plain: undefined };
  for (const [part] of text.matchAll(token)) if (!apply(screen, part, text)) return undefined;
  if (screen.movedUp && screen.lines.some((line) => line.length > narrowest)) return undefined;
  return screen.lines.join('\n');
}

function apply(screen: Screen, part: string, text: string): boolean {
  const first = part.charCodeAt(0);
  if (first === 0x0a) newLine(screen);
  else if (first === 0x0d) screen.column = 0;
  else if (first === 0x08) screen.column = Math.max(0, screen.column - 1);
  else if (first !== 0x1b) return write(screen, part);
  else if (part[1] === '[') return control(screen, part);
  else if (part[1] === ']') return isHarmlessOsc(part, screen, text);
  else return part.length > 1;
  return true;
}

function newLine(screen: Screen): void {
  screen.row++;
  screen.column = 0;
  if (screen.row === screen.lines.length) screen.lines.push('');
}

function write(screen: Screen, text: string): boolean {
  const line = screen.lines[screen.row] ?? '';
  if (screen.column === line.length) {
    screen.lines[screen.row] = line + text;
  } else {
    const end = screen.column + text.length;
    const rest = line.slice(end);
    // Cells are not characters outside ASCII: where old text stays behind new text, the column would be a guess.
    if (rest !== '' && /[^\x20-\x7e]/.test(line + text)) return false;
    screen.lines[screen.row] = line.slice(0, screen.column).padEnd(screen.column) + text + rest;
  }
  screen.column += text.length;
  return true;
}

function control(screen: Screen, part: string): boolean {
  const letter = part.at(-1) ?? '';
  const parameters = part.slice(2, -1);
  if (letter === 'm') return true;
  if (letter === 'h' || letter === 'l') return /^\?(25|7|12|1004|2004|2026)$/.test(parameters);
  if (!/^\d*$/.test(parameters)) return false;
  const amount = parameters === '' || parameters === '0' ? 1 : Number(parameters);
  const line = screen.lines[screen.row] ?? '';
  if (letter === 'K') return erase(screen, parameters, line);
  if (letter === 'J') return eraseBelow(screen, parameters, line);
  if (letter === 'A' || letter === 'F') return moveUp(screen, amount, letter === 'F');
  if (letter === 'G') screen.column = amount - 1;
  else if (letter === 'C') screen.column += amount;
  else if (letter === 'D') screen.column = Math.max(0, screen.column - amount);
  else return false;
  return screen.column < 1000;
}

function erase(screen: Screen, mode: string, line: string): boolean {
  if (mode === '' || mode === '0') screen.lines[screen.row] = line.slice(0, screen.column);
  else if (mode === '2') screen.lines[screen.row] = '';
  else return false;
  return true;
}

function eraseBelow(screen: Screen, mode: string, line: string): boolean {
  if (mode !== '' && mode !== '0') return false;
  screen.lines[screen.row] = line.slice(0, screen.column);
  screen.lines.length = screen.row + 1;
  return true;
}

/** Up into lines that the text itself wrote; above them stands what the text does not tell. */
function moveUp(screen: Screen, amount: number, toStart: boolean): boolean {
  if (amount > screen.row) return false;
  screen.row -= amount;
  screen.movedUp = true;
  if (toStart) screen.column = 0;
  return true;
}

/** Titles are not shown; a link is shown as its text, so its target must stand in the text too. */
function isHarmlessOsc(part: string, screen: Screen, text: string): boolean {
  const body = part.slice(2).replace(/\x07$|\x1b\\$/, '');
  if (/^[012];/.test(body)) return true;
  const target = /^8;[^;]*;(.*)$/.exec(body)?.[1];
  if (target === '' || target === undefined) return target === '';
  if (!screen.targets.has(target)) {
    if (screen.targets.size >= mostTargets) return false;
    screen.plain ??= text.replace(osc, '');
    if (!screen.plain.includes(target)) return false;
    screen.targets.add(target);
  }
  return true;
}
