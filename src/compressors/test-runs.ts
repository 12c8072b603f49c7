/**
 * Test runs: what failed, what it printed and the summary are shown, tests that passed are counted. Without loss: rules across the screen
 * shortened, prefixes of task runners said once.
 */
import type { Compressor } from './compressor.ts';
import { claimRun } from './run-claim.ts';
import { excerptRun, formsOf } from './run-lines.ts';

const command =
  /\b(?:tests?|vitest|jest|mocha|pytest|py\.test|unittest|nose2?|tox|nox|nextest|ctest|rspec|phpunit|pest|playwright|cypress|ava|tap|deno|karma|surefire|verify|check|Invoke-Pester)\b/;

export const testRuns: Compressor = {
  kind: 'test-run',
  lever: 'test runs',
  claim: (input) => claimRun(input, 'tests', command),
  shrink: ({ text }) => formsOf(text),
  excerpt: ({ text }) => excerptRun(text),
};
