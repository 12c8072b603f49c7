/** What `--explain` writes: one line of JSON per result block and request. It holds no text of the conversation. */
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
  const { time, kind, model, status, outcome, retried } = record;
  return record.blocks
    .map((block, index) => {
      const { key, tool, kind: text, form, reason, levers, tokensBefore, tokensAfter, carried } = block;
      const decision = isShrunk(block) ? 'shrunk' : 'left';
      const exchange = { request, time: new Date(time).toISOString(), requestKind: kind, model, status, outcome, retried };
      return `${JSON.stringify({ ...exchange, block: index + 1, key, tool, kind: text, decision, form, reason, levers, tokensBefore, tokensAfter, carried })}\n`;
    })
    .join('');
}
