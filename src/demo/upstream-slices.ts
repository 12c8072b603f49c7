/** Cuts what a reply says into the pieces that it streams. */

/** Cuts by code points: half a surrogate pair is no JSON text. */
export function slices(text: string, size: number): string[] {
  const points = [...text];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => points.slice(index * size, (index + 1) * size).join(''));
}
