/** What `--explain` writes: one line of JSON per result block and request, and one for a request that was left alone as a whole. It holds no text of the conversation. */
import type { ExchangeRecord } from '../proxy/records.ts';
import type { OutputFile } from './output-files.ts';
import { isShrunk } from './totals.ts';

/** Gives what writes each record that carried a conversation to the file, if there is one. */
export function explainTo(file: Pick<OutputFile, 'append'> | undefined): (record: ExchangeRecord) => void {
  let requests = 0;
  return (record) => {
    if (record.kind !== 'other' && record.outcome !== 'refused') file?.append(explainLines(record, ++requests));
  };
}

/** `request` counts from 1 over everything that carried a conversation. */
export function explainLines(record: ExchangeRecord, request: number): string {
  const { time, kind, model, status, outcome, retried, untouched } = record;
  const exchange = { request, time: new Date(time).toISOString(), requestKind: kind, model, status, outcome, retried };
  if (record.blocks.length === 0 && untouched !== undefined)
    return `${JSON.stringify({ ...exchange, decision: 'left', reason: untouched })}\n`;
  return record.blocks
    .map((block, index) => {
      const { key, tool, kind: text, form, reason, levers, tokensBefore, tokensAfter, carried } = block;
      const decision = isShrunk(block) ? 'shrunk' : 'left';
      return `${JSON.stringify({ ...exchange, block: index + 1, key, tool, kind: text, decision, form, reason, levers, tokensBefore, tokensAfter, carried })}\n`;
    })
    .join('');
}
