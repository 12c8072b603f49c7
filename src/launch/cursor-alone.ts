/** What Cursor's editor is told after an MCP tool has returned, where no launch of ours is around it: no conversation, no disk, nothing left out. */
import { decide } from '../pipeline/decide.ts';
import { VisibleLines } from '../pipeline/visible-lines.ts';
import { loadCounter } from '../tokens/count.ts';
import { readMcpOutput, replaceTexts } from './cursor-output.ts';

/** The hook's answer as JSON: `{}` changes nothing. `payload` is what Cursor wrote to the hook. */
export async function answerAlone(payload: string): Promise<string> {
  const output = readMcpOutput(JSON.parse(payload));
  if (!output || output.left !== undefined) return '{}';
  const count = await loadCounter();
  const call = { tool: output.tool, input: output.input };
  const options = { count, allowsRepeats: false, asked: () => '' };
  const texts = output.texts.map(
    (text) => decide({ key: '', source: 'result', text, call }, new VisibleLines(), options).replacement ?? null,
  );
  const replaced = texts.some((text) => text !== null) ? replaceTexts(output, texts) : undefined;
  return replaced ? JSON.stringify({ updated_mcp_tool_output: replaced }) : '{}';
}
