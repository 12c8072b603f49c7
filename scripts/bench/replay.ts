/** Replays recorded sessions through the pipeline, request by request, and checks while it does what the laws promise. */
import type { Block } from '../../src/block.ts';
import { createPipeline } from '../../src/pipeline/create.ts';
import type { Decision } from '../../src/pipeline/decision.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import { createMessageReader } from '../../src/protocols/parsed-messages.ts';
import type { Session } from '../../test/helpers/corpus.ts';
import { inputTexts, quotedLines, SeenLines } from './quotes.ts';

/** One tool result of a session, counted once, when it is first sent. */
export interface ReplayedResult {
  readonly tool: string;
  readonly kind: string;
  readonly reason: string;
  /** o200k tokens. */
  readonly before: number;
  readonly after: number;
  readonly levers: Decision['levers'];
}

export interface ReplayedSession {
  readonly id: string;
  readonly agent: string;
  readonly results: readonly ReplayedResult[];
  /** Results whose outgoing text differed from what an earlier request sent: must be none. */
  readonly prefixViolations: number;
  /** Lines that later edits quote from results, and those of them that the model could no longer see. */
  readonly quoted: number;
  readonly lost: readonly string[];
}

export function replay(session: Session, count: (text: string) => number, pipeline: Pipeline = createPipeline({ count })): ReplayedSession {
  const results: ReplayedResult[] = [];
  const lost: string[] = [];
  let quoted = 0;
  let prefixViolations = 0;
  let blocks: Block[] = [];
  let reader = createMessageReader(session.id);
  let original = new SeenLines();
  let outgoing = new SeenLines();
  let sent: (string | undefined)[] = [];
  let read = 0;
  let start = 0;
  const counted = new Set<number>();
  for (const request of session.requests) {
    if (request.context_start !== start) {
      start = request.context_start;
      read = start;
      blocks = [];
      sent = [];
      reader = createMessageReader(`${session.id} ${start}`);
      original = new SeenLines();
      outgoing = new SeenLines();
    }
    const fresh: { block: Block; message: number }[] = [];
    for (; read < request.message_index; read++) {
      const message = session.messages[read];
      if (message) for (const block of reader.next(message)) fresh.push({ block, message: read });
    }
    const known = blocks.length;
    blocks.push(...fresh.map(({ block }) => block));
    const rewriting = pipeline.rewrite({ model: undefined, blocks, allowsRepeats: true });
    for (let at = 0; at < known; at++) if (rewriting.replacements.get(at) !== sent[at]) prefixViolations++;
    const records = new Map(rewriting.records.map((record) => [record.key, record]));
    for (const [n, { block, message }] of fresh.entries()) {
      const replacement = rewriting.replacements.get(known + n);
      sent.push(replacement);
      if (block.source === 'said') outgoing.add(block.text);
      if (block.source === 'call') {
        for (const line of quotedLines(block.call)) {
          if (!original.has(line)) continue;
          quoted++;
          if (!outgoing.has(line)) lost.push(line);
        }
        for (const text of inputTexts(block.call?.input)) outgoing.add(text);
        continue;
      }
      if (block.source !== 'result') continue;
      original.add(block.text);
      outgoing.add(replacement ?? block.text);
      const record = records.get(block.key);
      if (!record || counted.has(message * 1000 + n)) continue;
      counted.add(message * 1000 + n);
      const before = record.tokensBefore || count(block.text);
      results.push({
        tool: block.call?.tool ?? 'unknown',
        kind: record.kind,
        reason: record.reason,
        before,
        after: replacement === undefined ? before : record.tokensAfter,
        levers: record.levers,
      });
    }
  }
  return { id: session.id, agent: session.agent, results, prefixViolations, quoted, lost };
}
