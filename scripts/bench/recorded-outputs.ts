/** Reads the stand-alone outputs of a corpus: `outputs/<kind>/<name>.txt` with a `.json` beside each that says what made it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolCall } from '../../src/block.ts';

export interface RecordedOutput {
  readonly kind: string;
  readonly name: string;
  readonly call: ToolCall;
  readonly text: string;
}

export function recordedOutputs(folder: string): RecordedOutput[] {
  const outputs = join(folder, 'outputs');
  if (!existsSync(outputs)) return [];
  return readdirSync(outputs)
    .sort()
    .flatMap((kind) =>
      readdirSync(join(outputs, kind))
        .filter((file) => file.endsWith('.txt'))
        .sort()
        .map((file) => {
          const name = file.slice(0, -'.txt'.length);
          const text = readFileSync(join(outputs, kind, file), 'utf8');
          return { kind, name, text, call: callOf(JSON.parse(readFileSync(join(outputs, kind, `${name}.json`), 'utf8'))) };
        }),
    );
}

interface Description {
  readonly produced_by: { readonly tool?: string; readonly input?: unknown; readonly command?: string };
}

/** Where only a command is told, an agent would have run it in its shell. */
function callOf({ produced_by: { tool, input, command } }: Description): ToolCall {
  return tool === undefined ? { tool: 'Bash', input: { command } } : { tool, input };
}
