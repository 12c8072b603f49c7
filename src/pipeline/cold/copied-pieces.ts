/** Pieces of text that calls copied: whoever took something from a result lately takes from it again. */

/** UTF-16 units of a piece within a line; what is shorter, anybody writes by chance. */
const length = 12;
const base = 31;
const leading = Array.from({ length: length - 1 }).reduce<number>((power) => Math.imul(power, base), 1);
const lineFeed = 10;

export class CopiedPieces {
  /** By hash: a chance likeness only keeps a result whole. */
  private readonly pieces = new Set<number>();

  add(text: string): void {
    forEachPiece(text, (piece) => this.pieces.add(piece));
  }

  remove(text: string): void {
    if (this.pieces.size > 0) forEachPiece(text, (piece) => this.pieces.delete(piece));
  }

  /** Whether lines at which `keeps` says no hold one that the others do not. */
  isAnyIn(text: string, keeps: readonly boolean[]): boolean {
    const lines = text.split('\n');
    const hidden = new Set<number>();
    const collect = (piece: number) => this.pieces.has(piece) && hidden.add(piece);
    forEachPiece(lines.filter((_, at) => keeps[at] === false).join('\n'), collect);
    if (hidden.size > 0) forEachPiece(lines.filter((_, at) => keeps[at] !== false).join('\n'), (piece) => hidden.delete(piece));
    return hidden.size > 0;
  }
}

function forEachPiece(text: string, visit: (piece: number) => void): void {
  for (let at = 0, from = 0, hash = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === lineFeed) {
      from = at + 1;
      hash = 0;
      continue;
    }
    if (at - from >= length) hash = (hash - Math.imul(text.charCodeAt(at - length), leading)) | 0;
    hash = (Math.imul(hash, base) + unit) | 0;
    if (at - from >= length - 1) visit(hash);
  }
}
