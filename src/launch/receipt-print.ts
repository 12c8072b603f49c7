/** Prints the receipt to stderr, in colour where that is a terminal and NO_COLOR is not set. */
import { type ReceiptFacts, receiptLines, type Style } from './receipt.ts';
import { say } from './say.ts';

export async function printReceipt(facts: ReceiptFacts, environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const lines = receiptLines(facts, environment.NO_COLOR ? undefined : await loadStyle());
  if (lines.length > 0) say(lines.join('\n'));
}

// Loaded when the agent is gone, not on its way up. chalk looks at the terminal, but not at NO_COLOR.
async function loadStyle(): Promise<Style> {
  const { chalkStderr } = await import('chalk');
  return { strong: chalkStderr.bold, quiet: chalkStderr.dim, good: chalkStderr.green, bad: chalkStderr.yellow };
}
