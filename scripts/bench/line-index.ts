/**
 * Finds what two sets of lines share: every line once, with flags that say who shows it, and an index of where every 12 UTF-16 units stand.
 * Exact, but for what has no letter or digit in it.
 */

/** UTF-16 units of the shortest string that counts. */
export const leastLength = 12;

/** `text[from..until)` is a longest string that stands in one of the lines asked for; `flags`: of the lines in which it was found. */
export interface Shared {
  readonly from: number;
  readonly until: number;
  readonly flags: number;
}

const buckets = 1 << 20;
const word = /[\p{L}\p{N}]/u;
/** 31 to the power of `leastLength - 1`, in 32 bits. */
const leading = Array.from({ length: leastLength - 1 }).reduce<number>((power) => Math.imul(power, 31), 1);

export class LineIndex {
  private readonly idOf = new Map<string, number>();
  private readonly lines: string[] = [];
  private readonly flags: number[] = [];
  private readonly heads = new Int32Array(buckets).fill(-1);
  private readonly sizes = new Int32Array(buckets);
  private next = new Int32Array(1 << 16);
  private places = new Int32Array(1 << 17);
  private grams = 0;

  add(line: string, flags: number): void {
    if (line.length < leastLength) return;
    const known = this.idOf.get(line);
    if (known !== undefined) {
      this.flags[known] = (this.flags[known] ?? 0) | flags;
      return;
    }
    const id = this.lines.length;
    this.idOf.set(line, id);
    this.lines.push(line);
    this.flags.push(flags);
    for (const [at, bucket] of bucketsOf(line).entries()) this.link(bucket, id, at);
  }

  /** The maximal strings, of `leastLength` and more, that `text` shares with lines of `flag`: none of them is part of another. */
  shared(text: string, flag: number): Shared[] {
    const found: Shared[] = [];
    const hashes = bucketsOf(text);
    // Whatever reaches beyond what was found last holds the first units behind it.
    for (let at = 0; at < hashes.length; at++) {
      const best = this.widest(text, hashes[at]!, at, flag);
      if (!best) continue;
      if (word.test(text.slice(best.from, best.until))) found.push(best);
      at = best.until - leastLength;
    }
    return found;
  }

  /** True where a line of `flag` holds the string. */
  shows(text: string, flag: number): boolean {
    if (text.length < leastLength) return this.lines.some((line, id) => ((this.flags[id] ?? 0) & flag) !== 0 && line.includes(text));
    const hashes = bucketsOf(text);
    let rarest = 0;
    for (let at = 1; at < hashes.length; at++) if (this.sizes[hashes[at]!]! < this.sizes[hashes[rarest]!]!) rarest = at;
    for (let gram = this.heads[hashes[rarest]!]!; gram >= 0; gram = this.next[gram]!) {
      const id = this.places[2 * gram]!;
      if (((this.flags[id] ?? 0) & flag) !== 0 && this.lines[id]!.startsWith(text, this.places[2 * gram + 1]! - rarest)) return true;
    }
    return false;
  }

  /** Of the strings around the gram at `at`, the one that begins first, and of these the longest. */
  private widest(text: string, bucket: number, at: number, flag: number): Shared | undefined {
    if (!word.test(text.slice(at, at + leastLength))) return undefined;
    let best: { from: number; until: number; flags: number } | undefined;
    for (let gram = this.heads[bucket]!; gram >= 0; gram = this.next[gram]!) {
      const id = this.places[2 * gram]!;
      const flags = this.flags[id] ?? 0;
      if ((flags & flag) === 0) continue;
      const line = this.lines[id]!;
      const shift = this.places[2 * gram + 1]! - at;
      let until = at;
      while (until < text.length && text.charCodeAt(until) === line.charCodeAt(until + shift)) until++;
      if (until - at < leastLength) continue;
      let from = at;
      while (from > 0 && from + shift > 0 && text.charCodeAt(from - 1) === line.charCodeAt(from - 1 + shift)) from--;
      if (!best || from < best.from || (from === best.from && until > best.until)) best = { from, until, flags };
      else if (from === best.from && until === best.until) best.flags |= flags;
    }
    return best;
  }

  private link(bucket: number, id: number, at: number): void {
    if (this.grams === this.next.length) {
      this.next = grown(this.next);
      this.places = grown(this.places);
    }
    const gram = this.grams++;
    this.places[2 * gram] = id;
    this.places[2 * gram + 1] = at;
    this.next[gram] = this.heads[bucket]!;
    this.heads[bucket] = gram;
    this.sizes[bucket]!++;
  }
}

/** For every place where `leastLength` units begin, the bucket of their hash. */
function bucketsOf(line: string): Int32Array {
  const found = new Int32Array(Math.max(0, line.length - leastLength + 1));
  let hash = 0;
  for (let at = 0; at < line.length; at++) {
    if (at >= leastLength) hash = (hash - Math.imul(line.charCodeAt(at - leastLength), leading)) | 0;
    hash = (Math.imul(hash, 31) + line.charCodeAt(at)) | 0;
    // The low bits of a sum of powers say little of the first units: mixed.
    if (at >= leastLength - 1) found[at - leastLength + 1] = Math.imul(hash, 0x9e3779b1) >>> 12;
  }
  return found;
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
