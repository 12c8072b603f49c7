/** Lines of an outline of JSON as they are read, one after the other. */

/** Lines and the next one to be read. */
export interface LineCursor {
  readonly lines: readonly string[];
  at: number;
}

/** What a line that does not fit is answered with; caught where reading began. */
export class Misfit extends Error {}
