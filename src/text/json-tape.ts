/** A scanned JSON text: its values in the order they start, each with its span, and nothing decoded until it is asked for. */

export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

const kinds: readonly Kind[] = ['object', 'array', 'string', 'number', 'boolean', 'null'];
/** kind, start and end of the key literal (0, 0: none), start and end of the value, the first value after this one's inside. */
const cellsPerValue = 6;
/** 96 MiB of cells. A body of millions of tiny values is no conversation, and listing it would take many times its size. */
const mostValues = 4 * 1024 * 1024;

/** Values are named by their place in the list: 0 is the root, and the children of a container follow it. */
export class JsonTape {
  readonly bytes: Buffer;
  readonly #cells: Int32Array;

  constructor(bytes: Buffer, cells: Int32Array) {
    this.bytes = bytes;
    this.#cells = cells;
  }

  kind(value: number): Kind {
    return kinds[this.#cells[value * cellsPerValue]!]!;
  }

  /** Bytes `start..end` are the value as it is spelled; of a string, quotes and all. */
  start(value: number): number {
    return this.#cells[value * cellsPerValue + 3]!;
  }

  end(value: number): number {
    return this.#cells[value * cellsPerValue + 4]!;
  }

  /** The key literal, quotes and all, of a member; 0 and 0 for an element. */
  keyStart(member: number): number {
    return this.#cells[member * cellsPerValue + 1]!;
  }

  keyEnd(member: number): number {
    return this.#cells[member * cellsPerValue + 2]!;
  }

  /** The value after this one and all that is in it. */
  next(value: number): number {
    return this.#cells[value * cellsPerValue + 5]!;
  }

  /** Members or elements, in order; none where they stand deeper than the scan listed. */
  children(container: number): number[] {
    const found: number[] = [];
    const end = this.next(container);
    for (let child = container + 1; child < end; child = this.next(child)) found.push(child);
    return found;
  }

  /**
   * The members of these names (ASCII), in their order; -1: there is none. Names are compared decoded.
   * Undefined where one of them stands there twice: who reads the text may take either.
   */
  find(object: number, names: readonly string[]): number[] | undefined {
    const found = new Array<number>(names.length).fill(-1);
    const end = this.next(object);
    for (let member = object + 1; member < end; member = this.next(member)) {
      const name = this.#nameIn(names, this.keyStart(member), this.keyEnd(member));
      if (name < 0) continue;
      if (found[name] !== -1) return undefined;
      found[name] = member;
    }
    return found;
  }

  /** Which of the names (ASCII) the member's key is, or -1. */
  keyIn(member: number, names: readonly string[]): number {
    return this.#nameIn(names, this.keyStart(member), this.keyEnd(member));
  }

  /** Which of the texts (ASCII) a string value is, or -1. */
  stringIn(value: number, texts: readonly string[]): number {
    return this.kind(value) === 'string' ? this.#nameIn(texts, this.start(value), this.end(value)) : -1;
  }

  /** A value, parsed. */
  parse(value: number): unknown {
    return JSON.parse(this.bytes.toString('utf8', this.start(value), this.end(value)));
  }

  /** A string value, decoded; undefined for -1 and for any other kind. */
  string(value: number): string | undefined {
    if (value < 0 || this.kind(value) !== 'string') return undefined;
    return this.#decode(this.start(value), this.end(value));
  }

  #nameIn(names: readonly string[], start: number, end: number): number {
    const length = end - start - 2;
    for (let i = 0; i < names.length; i += 1) if (names[i]!.length === length && this.#reads(names[i]!, start + 1)) return i;
    return this.#hasEscape(start, end) ? names.indexOf(this.#decode(start, end)) : -1;
  }

  #decode(start: number, end: number): string {
    // Short literals are mostly names and ids; slicing them is several times faster than parsing them.
    if (end - start < 64 && !this.#hasEscape(start, end)) return this.bytes.toString('utf8', start + 1, end - 1);
    return JSON.parse(this.bytes.toString('utf8', start, end)) as string;
  }

  #hasEscape(start: number, end: number): boolean {
    for (let at = start; at < end; at += 1) if (this.bytes[at] === 0x5c) return true;
    return false;
  }

  #reads(name: string, from: number): boolean {
    for (let i = 0; i < name.length; i += 1) if (this.bytes[from + i] !== name.charCodeAt(i)) return false;
    return true;
  }
}

/** Takes down what the scanner meets. Containers below the deepest level are only counted. */
export class TapeWriter {
  readonly #deepest: number;
  readonly #open: number[] = [];
  #depth = 0;
  #cells: Int32Array<ArrayBuffer>;
  #used = 0;

  /** `size`: the bytes to come; most bodies have fewer than a value in 128 of them, others grow. */
  constructor(deepest: number, size: number) {
    this.#deepest = deepest;
    this.#cells = new Int32Array(cellsPerValue * (64 + (size >> 7)));
  }

  open(kind: 'object' | 'array', keyStart: number, keyEnd: number, start: number): void {
    if (this.#depth <= this.#deepest) {
      this.#open.push(this.#used);
      this.#write(kind, keyStart, keyEnd, start, -1);
    }
    this.#depth += 1;
  }

  close(end: number): void {
    this.#depth -= 1;
    if (this.#depth > this.#deepest) return;
    const cell = this.#open.pop()!;
    this.#cells[cell + 4] = end;
    this.#cells[cell + 5] = this.#used / cellsPerValue;
  }

  add(kind: Kind, keyStart: number, keyEnd: number, start: number, end: number): void {
    if (this.#depth <= this.#deepest) this.#write(kind, keyStart, keyEnd, start, end);
  }

  /** Undefined where there were too many values to list. */
  finish(bytes: Buffer): JsonTape | undefined {
    return this.#used / cellsPerValue > mostValues ? undefined : new JsonTape(bytes, this.#cells.subarray(0, this.#used));
  }

  #write(kind: Kind, keyStart: number, keyEnd: number, start: number, end: number): void {
    if (this.#used === this.#cells.length) {
      if (this.#used / cellsPerValue > mostValues) return;
      const wider = new Int32Array(this.#cells.length * 2);
      wider.set(this.#cells);
      this.#cells = wider;
    }
    const cells = this.#cells;
    const at = this.#used;
    cells[at] = kinds.indexOf(kind);
    cells[at + 1] = keyStart;
    cells[at + 2] = keyEnd;
    cells[at + 3] = start;
    cells[at + 4] = end;
    cells[at + 5] = at / cellsPerValue + 1;
    this.#used = at + cellsPerValue;
  }
}
