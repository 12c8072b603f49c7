/** Takes down what the scanner meets, for a tape. Containers below the deepest level are only counted. */
import { cellsPerValue, JsonTape, type Kind, kinds } from './json-tape.ts';

/** 96 MiB of cells. A body of millions of tiny values is no conversation, and listing it would take many times its size. */
const mostValues = 4 * 1024 * 1024;

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

  /** Takes over all of another tape before this value, within these containers, which are open from then on. */
  takeOver(tape: JsonTape, before: number, within: readonly number[]): void {
    const cells = tape.cellsBefore(before);
    if (cells.length > this.#cells.length) this.#cells = new Int32Array(cells.length + (cells.length >> 2));
    this.#cells.set(cells);
    this.#used = cells.length;
    this.#depth = within.length;
    this.#open.push(...within.map((container) => container * cellsPerValue));
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
    if (this.#used + cellsPerValue > this.#cells.length) {
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
