/** Gathers the bytes that enter a block's chain key. Marks between them are control characters, which JSON has nowhere, so nothing runs together. */
import { chain } from '../block.ts';

/** Bytes that stand in no JSON text: 9, 10 and 13 do, as white space. */
export const marks = { message: 1, key: 2, value: 3, text: 4, object: 5, end: 6, array: 7, result: 8 } as const;

/** Where a chain stands between two blocks: the last key, and bytes that belong to the next. */
export interface ChainPlace {
  readonly key: string;
  readonly pending: Buffer;
}

export class ChainWriter {
  readonly #body: Buffer;
  #bytes = Buffer.allocUnsafe(16 * 1024);
  #used = 0;
  #key: string;
  readonly #scope: string;
  /** Keys that an earlier reading found, from the next on. While they are given out nothing is written. */
  #known: Iterator<string> | undefined;

  /** `start` is any text; the chain starts with it. Before every key stands the scope, which is no part of the chain. */
  constructor(body: Buffer, scope: string, start: string) {
    this.#body = body;
    this.#scope = scope;
    this.#key = chain('', start);
  }

  mark(mark: number): void {
    if (this.#known) return;
    this.#reserve(1);
    this.#bytes[this.#used] = mark;
    this.#used += 1;
  }

  /** The bytes of the body from `start` to `end`. */
  copy(start: number, end: number): void {
    if (this.#known) return;
    this.#reserve(end - start);
    if (end - start >= 64) this.#body.copy(this.#bytes, this.#used, start, end);
    else for (let i = start, to = this.#used; i < end; i += 1, to += 1) this.#bytes[to] = this.#body[i]!;
    this.#used += end - start;
  }

  /** The key of everything so far. */
  next(): string {
    if (this.#known) return this.#known.next().value;
    this.#key = chain(this.#key, this.#bytes.subarray(0, this.#used));
    this.#used = 0;
    return this.#scope + this.#key;
  }

  get place(): ChainPlace {
    return { key: this.#key, pending: Buffer.from(this.#bytes.subarray(0, this.#used)) };
  }

  /** From here to `resume` the chain is known: these are its keys. */
  replay(keys: Iterable<string>): void {
    this.#known = keys[Symbol.iterator]();
  }

  get isReplaying(): boolean {
    return this.#known !== undefined;
  }

  resume({ key, pending }: ChainPlace): void {
    this.#known = undefined;
    this.#key = key;
    this.#used = 0;
    this.#reserve(pending.length);
    this.#used = pending.copy(this.#bytes);
  }

  #reserve(size: number): void {
    if (this.#used + size <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + size));
    this.#bytes.copy(wider, 0, 0, this.#used);
    this.#bytes = wider;
  }
}
