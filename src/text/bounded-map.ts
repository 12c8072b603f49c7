/** A map that forgets what was least recently used once its entries weigh more than a bound. */

export class BoundedMap<Value> {
  private readonly entries = new Map<string, { value: Value; weight: number }>();
  private readonly most: number;
  private readonly onForget: (key: string, value: Value) => void;
  private weight = 0;

  /** `most`: the total weight kept, in the unit that `set` is given. `onForget` is told of every entry that goes, replaced ones too. */
  constructor(most: number, onForget: (key: string, value: Value) => void = () => {}) {
    this.most = most;
    this.onForget = onForget;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** The same, which is no use of it. */
  peek(key: string): Value | undefined {
    return this.entries.get(key)?.value;
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
    this.onForget(key, entry.value);
  }

  /** Every key and value; entries may be deleted while it runs. */
  *each(): Generator<[string, Value]> {
    for (const [key, { value }] of this.entries) yield [key, value];
  }
}
