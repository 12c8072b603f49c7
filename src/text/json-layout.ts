/** How a writer of JSON lays its values out: on one line or indented, and what stands after commas and colons. */

export interface JsonLayout {
  /** What one level is indented by; undefined: all on one line. */
  readonly indent: string | undefined;
  readonly comma: ',' | ', ';
  readonly colon: ':' | ': ';
}

export const compact: JsonLayout = { indent: undefined, comma: ',', colon: ':' };
export const spaced: JsonLayout = { indent: undefined, comma: ', ', colon: ': ' };

/** The layout that the first few values of a text show. */
export function layoutOf(json: string): JsonLayout {
  const indent = /^[[{]\n([ \t]+)\S/.exec(json.slice(0, 200))?.[1];
  if (indent !== undefined) return { indent, comma: ',', colon: ': ' };
  const beginning = json.slice(0, 100_000).replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return { indent: undefined, comma: /,\S/.test(beginning) || !/, /.test(beginning) ? ',' : ', ', colon: /: /.test(beginning) ? ': ' : ':' };
}
