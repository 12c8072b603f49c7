/** What a terminal would have shown of a text: colours taken off, overwritten lines as they ended. Gives up where it cannot be sure. */

const token = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Za-z]|\x1b[=>]|[\r\n\b\x1b]|[^\r\n\b\x1b]+/g;

const osc = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;
/** More different links than this are not looked up. */
const mostTargets = 50;

interface Screen {
  readonly lines: string[];
  row: number;
  column: number;
  /** Runs of rows that the cursor moved up through: there a line wider than a terminal would have been elsewhere. */
  readonly passed: { from: number; to: number }[];
  /** Rows that hold a link as it was written, for its target is not shown: behind it columns would be a guess. */
  readonly linked: Set<number>;
  /** Between the two ends of such a link. */
  isInLink: boolean;
  /** Whether the target of a link stands in the text as well, and the text without its links, once it was needed. */
  readonly targets: Map<string, boolean>;
  plain: string | undefined;
}

/** Lines are wrapped at the terminal's width, which a text does not tell: this is the narrowest usual one. */
const narrowest = 80;
/** No terminal is higher than this. */
const mostRows = 500;

/** The text as shown, or undefined where a control is not understood (a full-screen program, an unknown sequence). */
export function readScreen(text: string): string | undefined {
  const screen: Screen = {
    lines: [''],
    row: 0,
    column: 0,
    passed: [],
    linked: new Set(),
    isInLink: false,
    targets: new Map(),
    plain: undefined,
  };
  for (const [part] of text.matchAll(token)) if (!apply(screen, part, text)) return undefined;
  if (screen.passed.some(({ from, to }) => isWide(screen, from, to))) return undefined;
  return screen.lines.join('\n');
}

function apply(screen: Screen, part: string, text: string): boolean {
  const first = part.charCodeAt(0);
  if (first === 0x0a) newLine(screen);
  else if (first !== 0x1b && isGuess(screen, part)) return false;
  else if (first === 0x0d) screen.column = 0;
  else if (first === 0x08) screen.column = Math.max(0, screen.column - 1);
  else if (first !== 0x1b) return write(screen, part);
  else if (part[1] === '[') return control(screen, part);
  else if (part[1] === ']') return link(part, screen, text);
  else return part.length > 1;
  return true;
}

/** Where a link stands as it was written, only what follows at the end of the line has a known place. */
function isGuess(screen: Screen, part: string): boolean {
  if (!screen.linked.has(screen.row)) return false;
  return /^[\r\b]/.test(part) || screen.column !== screen.lines[screen.row]?.length;
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
  if (!/^\d*$/.test(parameters) || screen.linked.has(screen.row)) return false;
  const amount = parameters === '' || parameters === '0' ? 1 : Number(parameters);
  const line = screen.lines[screen.row] ?? '';
  if (letter === 'K') return erase(screen, parameters, line);
  if (letter === 'J') return eraseBelow(screen, parameters, line);
  if (letter === 'A' || letter === 'F') return moveUp(screen, amount, letter === 'F');
  if (letter === 'B') return moveDown(screen, amount);
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
  const to = screen.row;
  const from = to - amount;
  if (from < 0 || amount > mostRows || isWide(screen, from, to)) return false;
  const last = screen.passed.at(-1);
  if (last && from <= last.to && to >= last.from) {
    last.from = Math.min(last.from, from);
    last.to = Math.max(last.to, to);
  } else {
    screen.passed.push({ from, to });
  }
  screen.row = from;
  if (toStart) screen.column = 0;
  return true;
}

/** Down into lines that were written before: below them the terminal may end. */
function moveDown(screen: Screen, amount: number): boolean {
  if (screen.row + amount >= screen.lines.length) return false;
  screen.row += amount;
  return true;
}

function isWide(screen: Screen, from: number, to: number): boolean {
  for (let row = from; row <= to; row++) if ((screen.lines[row]?.length ?? 0) > narrowest) return true;
  return false;
}

/** Titles are not shown. A link is shown as its text: where its target does not stand in the text too, the link stays as it was written. */
function link(part: string, screen: Screen, text: string): boolean {
  const body = part.slice(2).replace(/\x07$|\x1b\\$/, '');
  if (/^[012];/.test(body)) return true;
  const target = /^8;[^;]*;(.*)$/.exec(body)?.[1];
  if (target === undefined) return false;
  if (target === '') return !screen.isInLink || keepLink(screen, part, false);
  let isShown = screen.targets.get(target);
  if (isShown === undefined) {
    if (screen.targets.size >= mostTargets) return false;
    screen.plain ??= text.replace(osc, '');
    isShown = screen.plain.includes(target);
    screen.targets.set(target, isShown);
  }
  return isShown ? !screen.isInLink : keepLink(screen, part, true);
}

function keepLink(screen: Screen, part: string, opens: boolean): boolean {
  const line = screen.lines[screen.row] ?? '';
  if (screen.column !== line.length) return false;
  screen.lines[screen.row] = line + part;
  screen.column += part.length;
  screen.linked.add(screen.row);
  screen.isInLink = opens;
  return true;
}
