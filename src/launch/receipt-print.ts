/** Prints the receipt to stderr, in colour where that is a terminal and NO_COLOR is not set. */
import type { Style } from './receipt.ts';
import { type ReceiptFacts, receiptLines } from './receipt.ts';
import { say } from './say.ts';

export async function printReceipt(facts: ReceiptFacts): Promise<void> {
  // Loaded when the agent is gone, not on its way up.
  const { chalkStderr } = await import('chalk');
  const style: Style = { strong: chalkStderr.bold, quiet: chalkStderr.dim, good: chalkStderr.green, bad: chalkStderr.yellow };
  const lines = receiptLines(facts, style);
  if (lines.length > 0) say(lines.join('\n'));
}
