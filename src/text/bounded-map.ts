/** A map that forgets what was least recently used once its entries weigh more than a bound. */

export class BoundedMap<Value> {
  private readonly entries = new Map<string, { value: Value; weight: number }>();
  private readonly most: number;
  private weight = 0;

  /** `most`: the total weight kept, in the unit that `set` is given. */
  constructor(most: number) {
    this.most = most;
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value, weight = 1): void {
    this.delete(key);
    this.entries.set(key, { value, weight });
    this.weight += weight;
    for (const [oldest] of this.entries) {
      if (this.weight <= this.most || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.weight -= entry.weight;
    this.entries.delete(key);
  }

  /** Every key and value; entries may be deleted while it runs. */
  *each(): Generator<[string, Value]> {
    for (const [key, { value }] of this.entries) yield [key, value];
  }
}
