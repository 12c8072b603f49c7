/** A scanned JSON text: its values in the order they start, each with its span, and nothing decoded until it is asked for. */

export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export const kinds: readonly Kind[] = ['object', 'array', 'string', 'number', 'boolean', 'null'];
/** kind, start and end of the key literal (0, 0: none), start and end of the value, the first value after this one's inside. */
export const cellsPerValue = 6;

/** Values are named by their place in the list: 0 is the root, and the children of a container follow it. */
export class JsonTape {
  readonly bytes: Buffer;
  readonly #cells: Int32Array;

  constructor(bytes: Buffer, cells: Int32Array) {
    this.bytes = bytes;
    this.#cells = cells;
  }

  /** The cells of everything that starts before this value. */
  cellsBefore(value: number): Int32Array {
    return this.#cells.subarray(0, value * cellsPerValue);
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
