/**
 * Test runs: what failed, what it printed and the summary are shown, tests that passed are counted. Without loss: rules across the screen
 * shortened, prefixes of task runners said once.
 */
import type { Compressor } from './compressor.ts';
import { claimRun } from './runs/run-claim.ts';
import { excerptRun, formsOf } from './runs/run-lines.ts';

/** The runner, or what starts it, and the word that says what is run; a path that holds such a word is none. */
const command =
  /^(?:(?:\S*\/)?(?:npx|bunx|npm|pnpm|yarn|bun|deno|node|tsx|uv|uvx|poetry|pipenv|hatch|pdm|python[\d.]*|py|bundle|rake|rails|bin\/\S+|make|just|task|mise|cargo|go|gotestsum|mvnw?|gradlew?(?:\.bat)?|sbt|dotnet|php|composer|swift|zig|mix|docker|turbo|nx|lerna|xcodebuild|bazel|tox|nox)\s(?:.*[\s:])?)?(?:\S*\/)?(?:tests?|t|vitest|jest|mocha|ava|tap|pytest|py\.test|unittest|nose2?|runtests\.py|tox|nox|nextest|ctest|rspec|spec|phpunit|pest|playwright|cypress|karma|check|verify|Invoke-Pester)(?=$|[\s:;&])/;

export const testRuns: Compressor = {
  kind: 'test-run',
  lever: 'test runs',
  claim: (input) => claimRun(input, 'tests', command),
  shrink: ({ text }) => formsOf(text),
  excerpt: ({ text }) => excerptRun(text),
};
