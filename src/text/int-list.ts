/** A list of whole numbers that grows at its end, at four bytes each: lists of small numbers by the hundred thousand. */

export class IntList {
  length = 0;
  private values = new Int32Array(16);

  at(index: number): number {
    return this.values[index]!;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Int32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
}
