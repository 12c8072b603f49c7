/**
 * What a hook of the agent's hands over and gets back: the texts that one tool call returned, made smaller one by one. A hook sees one
 * call and no conversation, so nothing is said to stand above.
 */
import { chain, type ToolCall } from '../block.ts';
import type { Pipeline, Rewriting, Skip } from '../pipeline/pipeline.ts';
import type { AnswerContent, ContentAnswer } from '../proxy/content.ts';
import type { ProxySettings } from '../proxy/records.ts';

/** Where it is served, below the content secret. */
export const toolOutputPath = '/tool-output';

/** What a hook posts, as JSON. */
export interface ToolOutput {
  readonly tool: string;
  readonly input: unknown;
  readonly texts: readonly string[];
  /** Bytes of the whole output. */
  readonly bytes: number;
  /** Why the hook will leave it as it is, whatever the answer. */
  readonly left?: string;
}

/** What it gets: a text for each that it sent, null where that one stays. */
interface ToolOutputAnswer {
  readonly texts: readonly (string | null)[];
}

export function createToolOutputAnswer(settings: ProxySettings, onSkip: (notices: readonly Skip[]) => void): AnswerContent {
  return async (path, body, pipeline) => {
    if (path !== toolOutputPath) return undefined;
    const output = readOutput(body);
    if (!output) return { status: 400, body: Buffer.alloc(0), record: undefined };
    if (settings.mode === 'off' || output.left !== undefined) {
      return untouched(output, output.left === undefined ? undefined : output.left.slice(0, 60));
    }
    const { replacements, records, skips } = shrink(output, settings, await pipeline());
    if (skips.length > 0) onSkip(skips);
    const isApplied = settings.mode === 'shrink';
    const texts = output.texts.map((_, at) => (isApplied ? (replacements.get(at) ?? null) : null));
    const removed = texts.reduce((sum, text, at) => (text === null ? sum : sum + size(output.texts[at] ?? '') - size(text)), 0);
    // The same call with the same outcome is shown to the model once more, and is not carried.
    const blocks = records.map((record) => ({ ...record, carried: false }));
    return say(texts, { blocks, bytesReceived: output.bytes, bytesSent: output.bytes - removed, untouched: undefined });
  };
}

function shrink({ tool, input, texts }: ToolOutput, settings: ProxySettings, pipeline: Pipeline): Rewriting {
  const call: ToolCall = { tool, input };
  let key = chain('', JSON.stringify(['tool-output', settings.profile, settings.version, tool, input]));
  const blocks = texts.map((text) => {
    key = chain(key, text);
    return { key, source: 'result' as const, text, call };
  });
  return pipeline.rewrite({ model: undefined, blocks, allowsRepeats: false });
}

function untouched({ texts, bytes }: ToolOutput, reason: string | undefined): ContentAnswer {
  return say(
    texts.map(() => null),
    { blocks: [], bytesReceived: bytes, bytesSent: bytes, untouched: reason },
  );
}

function say(texts: ToolOutputAnswer['texts'], record: ContentAnswer['record']): ContentAnswer {
  return { status: 200, body: Buffer.from(JSON.stringify({ texts } satisfies ToolOutputAnswer)), record };
}

/** Undefined where it is none. */
function readOutput(body: Buffer): ToolOutput | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { tool, input, texts, bytes, left } = value as Partial<Record<keyof ToolOutput, unknown>>;
  if (typeof tool !== 'string' || !Number.isSafeInteger(bytes) || (bytes as number) < 0) return undefined;
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) return undefined;
  if (left !== undefined && typeof left !== 'string') return undefined;
  return { tool, input, texts, bytes: bytes as number, ...(left === undefined ? {} : { left }) };
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
