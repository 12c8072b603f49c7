/** `headroom_compress`: one text by itself, through the pipeline that an agent's results go through. */
import type { ToolCall } from '../block.ts';
import { decide, type KeepOriginal } from '../pipeline/decide.ts';
import { VisibleLines } from '../pipeline/visible-lines.ts';
import { loadCounter } from '../tokens/count.ts';
import { commandOfKind, type KeepContent } from './compress-kinds.ts';
import { percentSaved } from './session.ts';

/** The fields of the Python original. */
export interface CompressResult {
  readonly compressed: string;
  /** Absent where the text could not be kept; then nothing of it is left out. */
  readonly hash?: string;
  /** o200k. */
  readonly original_tokens: number;
  readonly compressed_tokens: number;
  readonly tokens_saved: number;
  readonly savings_percent: number;
  readonly transforms: readonly string[];
  readonly note: string;
}

let counter: ReturnType<typeof loadCounter> | undefined;

export async function compressContent(content: string, kind: string | undefined, keep: KeepContent): Promise<CompressResult> {
  counter ??= loadCounter();
  const count = await counter;
  const kept = keep(content);
  // Whoever asks by this tool has the other one.
  const keepOriginal: KeepOriginal = () => ('name' in kept ? { path: `headroom_retrieve ${kept.name}` } : kept);
  const block = { key: '', source: 'result', text: content, call: callOf(kind) } as const;
  const decision = decide(block, new VisibleLines(), { count, allowsRepeats: true, asked: () => '', keep: keepOriginal });
  const compressed = decision.replacement ?? content;
  const before = decision.tokensBefore || count(content);
  const after = decision.replacement === undefined ? before : decision.tokensAfter;
  const where =
    'name' in kept ? `Original stored with hash=${kept.name}; headroom_retrieve gives it back.` : `Original not stored: ${kept.reason}.`;
  return {
    compressed,
    ...('name' in kept ? { hash: kept.name } : {}),
    original_tokens: before,
    compressed_tokens: after,
    tokens_saved: before - after,
    savings_percent: percentSaved(before, after),
    transforms: Object.keys(decision.levers),
    note: decision.replacement === undefined ? `Left as it was: ${decision.reason}. ${where}` : where,
  };
}

/** The hint as a shell command that printed the text; without one the text itself tells what it is. */
function callOf(kind: string | undefined): ToolCall | undefined {
  const command = commandOfKind(kind);
  return command === undefined ? undefined : { tool: 'Bash', input: { command } };
}
