/** Gathers the bytes that enter a block's chain key. Marks between them are control characters, which JSON has nowhere, so nothing runs together. */
import { chain } from '../block.ts';

/** Bytes that stand in no JSON text: 9, 10 and 13 do, as white space. */
export const marks = { message: 1, key: 2, value: 3, text: 4, object: 5, end: 6, array: 7, result: 8 } as const;

export class ChainWriter {
  readonly #body: Buffer;
  #bytes = Buffer.allocUnsafe(16 * 1024);
  #used = 0;
  #key: string;

  /** `scope` is any text; the chain starts with it. */
  constructor(body: Buffer, scope: string) {
    this.#body = body;
    this.#key = chain('', scope);
  }

  mark(mark: number): void {
    this.#reserve(1);
    this.#bytes[this.#used] = mark;
    this.#used += 1;
  }

  /** The bytes of the body from `start` to `end`. */
  copy(start: number, end: number): void {
    this.#reserve(end - start);
    if (end - start >= 64) this.#body.copy(this.#bytes, this.#used, start, end);
    else for (let i = start, to = this.#used; i < end; i += 1, to += 1) this.#bytes[to] = this.#body[i]!;
    this.#used += end - start;
  }

  /** The key of everything so far. */
  next(): string {
    this.#key = chain(this.#key, this.#bytes.subarray(0, this.#used));
    this.#used = 0;
    return this.#key;
  }

  #reserve(size: number): void {
    if (this.#used + size <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + size));
    this.#bytes.copy(wider, 0, 0, this.#used);
    this.#bytes = wider;
  }
}
