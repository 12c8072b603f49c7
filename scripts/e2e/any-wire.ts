/** What a request says in any of the four APIs: its tool results, and everything else, to compare. Found by paths in the JSON text itself. */
import { type JSONPath, visit } from 'jsonc-parser';
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';

/** A body as it was received. */
type Sent = Pick<UpstreamRequest, 'body'>;

/** Every tool result's text, in order. */
export function toolTextsOf({ body }: Sent): readonly string[] {
  const json = body.toString('utf8');
  return findToolTexts(json).map(({ start, end }) => JSON.parse(json.slice(start, end)) as string);
}

/** The body's own bytes, as Latin-1, with a mark for every tool result's text. */
export function withoutToolTexts({ body }: Sent): string {
  const json = body.toString('latin1');
  let rest = '';
  let from = 0;
  for (const { start, end } of findToolTexts(json)) {
    rest += `${json.slice(from, start)}…`;
    from = end;
  }
  return rest + json.slice(from);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The string literals, quotes included. */
function findToolTexts(json: string): readonly Span[] {
  const root = parse(json);
  const spans: Span[] = [];
  visit(json, {
    onLiteralValue(value, start, length, _line, _column, path) {
      if (typeof value === 'string' && isToolText(root, path())) spans.push({ start, end: start + length });
    },
  });
  return spans;
}

/** Shapes of paths at which they stand, as a text of its own or as parts of which some are texts, and what must hold of what is around it. */
const places: readonly (readonly [shape: RegExp, holds: (root: unknown, path: JSONPath) => boolean])[] = [
  [/^messages\.\*\.content(?:\.\*\.text)?$/, (root, path) => at(root, path.slice(0, 2)).role === 'tool'],
  [/^messages\.\*\.content\.\*\.content(?:\.\*\.text)?$/, (root, path) => at(root, path.slice(0, 4)).type === 'tool_result'],
  [/^input\.\*\.output(?:\.\*\.text)?$/, () => true],
  [/^contents\.\*\.parts\.\*\.functionResponse\.response\.\w+(?:\.\*\.text)?$/, () => true],
];

function isToolText(root: unknown, path: JSONPath): boolean {
  const shape = path.map((key) => (typeof key === 'number' ? '*' : key)).join('.');
  return places.some(([pattern, holds]) => pattern.test(shape) && holds(root, path));
}

function at(root: unknown, path: JSONPath): Record<string, unknown> {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root) as Record<string, unknown>;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
