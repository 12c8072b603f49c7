/**
 * Where two lines stand one after the other, for the lines of one conversation. Lines come and go at the end only, so that every chain ends
 * with what came last. In flat lists: a map with an array for every pair takes several times the memory.
 */
import { IntList } from '../text/int-list.ts';

const none = -1;

export class LinePairs {
  private readonly ids: IntList;
  /** By place: the pair that begins there, and the place where the same pair stood before. */
  private readonly pairs = new IntList();
  private readonly earlier = new IntList();
  /** By pair: its first and its latest place, and the next pair of its bucket. Pairs are numbered as they are first met. */
  private readonly first = new IntList();
  private readonly latest = new IntList();
  private readonly next = new IntList();
  private buckets = new Int32Array(32).fill(none);

  /** `ids`: the number of the line at each place; negative where there is none. */
  constructor(ids: IntList) {
    this.ids = ids;
  }

  /** The pair of the last two lines, where there are two. */
  push(): void {
    const at = this.ids.length - 2;
    if (at < 0) return;
    const [one, two] = [this.ids.at(at), this.ids.at(at + 1)];
    let pair = none;
    if (one >= 0 && two >= 0) {
      pair = this.find(one, two);
      if (pair === none) pair = this.add(at);
      this.earlier.push(this.latest.at(pair));
      this.latest.set(pair, at);
    } else this.earlier.push(none);
    this.pairs.push(pair);
  }

  /** Forgets the pairs that end behind the first `lines`. */
  cut(lines: number): void {
    for (let at = this.pairs.length - 1; at >= Math.max(0, lines - 1); at--) {
      const pair = this.pairs.at(at);
      if (pair === none) continue;
      this.latest.set(pair, this.earlier.at(at));
      if (this.first.at(pair) === at) this.dropLast();
    }
    this.pairs.length = this.earlier.length = Math.min(this.pairs.length, Math.max(0, lines - 1));
  }

  /** The latest places of a pair, at most so many, latest first. */
  placesOf(one: number, two: number, most: number): number[] {
    const pair = this.find(one, two);
    const places: number[] = [];
    for (let at = pair === none ? none : this.latest.at(pair); at !== none && places.length < most; at = this.earlier.at(at))
      places.push(at);
    return places;
  }

  private find(one: number, two: number): number {
    for (let pair = this.buckets[this.bucketOf(one, two)]!; pair !== none; pair = this.next.at(pair)) {
      const at = this.first.at(pair);
      if (this.ids.at(at) === one && this.ids.at(at + 1) === two) return pair;
    }
    return none;
  }

  private add(at: number): number {
    if (this.first.length >= this.buckets.length) this.widen();
    this.first.push(at);
    this.latest.push(none);
    this.next.push(none);
    this.hang(this.first.length - 1);
    return this.first.length - 1;
  }

  /** The last pair is the first of its bucket: later ones have gone. */
  private dropLast(): void {
    const pair = this.first.length - 1;
    this.buckets[this.bucketAt(this.first.at(pair))] = this.next.at(pair);
    this.first.length = this.latest.length = this.next.length = pair;
  }

  private hang(pair: number): void {
    const bucket = this.bucketAt(this.first.at(pair));
    this.next.set(pair, this.buckets[bucket]!);
    this.buckets[bucket] = pair;
  }

  private widen(): void {
    this.buckets = new Int32Array(this.buckets.length * 2).fill(none);
    for (let pair = 0; pair < this.first.length; pair++) this.hang(pair);
  }

  private bucketAt(at: number): number {
    return this.bucketOf(this.ids.at(at), this.ids.at(at + 1));
  }

  private bucketOf(one: number, two: number): number {
    const mixed = Math.imul(Math.imul(one, 0x9e3779b1) ^ two, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & (this.buckets.length - 1);
  }
}
